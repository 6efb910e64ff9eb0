import { resourceOf } from '../../play/resource-of.ts';
import type { Operation } from '../../sequence/operation.ts';
import type { Difference } from '../difference.ts';
import { isAboutEmptyData } from './empty-data.ts';
import type { Explanation } from './explanation.ts';
import { emptyInStorage, timesOfApplies, timesOfTemplateGenerations } from './rewrites.ts';

/** All of them, as narrow as they can be. */
export const explained: readonly Explanation[] = [
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
    name: 'empty data of immutable objects',
    reason:
      'Kubernetes tells an empty map from none when an immutable ConfigMap or Secret is written, though it stores both as none. simkube takes them for the same.',
    covers: isAboutEmptyData,
  },
  {
    name: 'events of the repair of addresses',
    reason:
      'kube-apiserver looks through its addresses from time to time, and leaves an Event about one that it finds between the creation of a Service and that of its IPAddress. simkube allocates at once.',
    covers: ({ at, operation, real }) =>
      resourceOf(operation.path) === 'events' &&
      (at.endsWith('.length') || at.includes('.items') || at.includes('.rows')) &&
      JSON.stringify(real ?? null).includes('ipallocator-repair-controller'),
  },
  {
    name: 'order of what the garbage collector writes',
    reason:
      'The dependents of an orphaning owner lose it side by side in Kubernetes, and one after the other in simkube: which of them was written last is left to chance.',
    covers: ({ at, simulated, real }) =>
      /^settled\..*\.metadata\.resourceVersion$/u.test(at) &&
      [simulated, real].every((side) => side === 'newest' || side === 'newer'),
  },
  emptyInStorage,
  timesOfApplies,
  timesOfTemplateGenerations,
];

/**
 * What explains a difference; undefined when nothing does.
 * @param before the operations that came before it.
 */
export function explanationOf(difference: Difference, before: readonly Operation[]): Explanation | undefined {
  return explained.find(({ covers }) => covers(difference, before));
}
