import { resourceOf } from '../play/resource-of.ts';
import { isObject, type Json, type JsonObject, type Operation } from '../sequence/operation.ts';
import type { Difference } from './difference.ts';

/** A difference that is meant, or that no client can rely on. docs/simulated-cluster.md shows the list. */
export interface Explained {
  /** A short name, for counts. */
  readonly name: string;
  readonly reason: string;
  readonly covers: (difference: Difference, before: readonly Operation[]) => boolean;
}

/** All of them, as narrow as they can be. */
export const explained: readonly Explained[] = [
  {
    name: 'default account of pods',
    reason:
      'The control plane of the comparison runs without the ServiceAccount plug-in, because its token volume needs a kubelet. simkube names the account, and mounts nothing.',
    covers: ({ at, simulated, real }) =>
      /\.spec\.serviceAccount(?:Name)?$/u.test(at) && simulated === 'default' && real === undefined,
  },
  {
    name: 'template generation of DaemonSets',
    reason:
      'Kubernetes makes tables and partial metadata from its internal types, which lack the annotation deprecated.daemonset.template.generation. simkube has one form of an object.',
    covers: ({ at, operation, real, simulated }) =>
      operation.path.endsWith('/daemonsets') || /\/daemonsets\/[^/]+$/u.test(operation.path)
        ? at.includes('annotations') &&
          (operation.headers?.['accept'] ?? '').includes('as=') &&
          real === undefined &&
          JSON.stringify(simulated).length < 80
        : false,
  },
  {
    name: 'ownership of replicas after a scale',
    reason:
      'Kubernetes splits the entries of managedFields that own the replica count with each write through the scale subresource, without a time, also when nothing changes. simkube records the scale under its subresource, and writes nothing when nothing changes.',
    covers: ({ at, operation, simulated, real }, before) =>
      scaleShows(at, [simulated, real]) &&
      before
        .concat(operation)
        .some(
          (each) =>
            each.path.endsWith('/scale') &&
            each.method !== 'GET' &&
            (at.startsWith('settled') || isSameKind(each, operation)),
        ),
  },
];

/** In managedFields, in what is newest, and in who gets a conflict. */
function scaleShows(at: string, sides: readonly (Json | undefined)[]): boolean {
  if (at.includes('.managedFields') || /resourceVersion$|^events\.length$/u.test(at)) return true;
  return at === 'status' && sides.some((side) => isObject(side ?? null) && (side as JsonObject)['status'] === 409);
}

function isSameKind(left: Operation, right: Operation): boolean {
  return resourceOf(left.path) === resourceOf(right.path);
}

/**
 * What explains a difference; undefined when nothing does.
 * @param before the operations that came before it.
 */
export function explanationOf(difference: Difference, before: readonly Operation[]): Explained | undefined {
  return explained.find(({ covers }) => covers(difference, before));
}
