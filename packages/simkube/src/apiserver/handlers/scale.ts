import { invalidValue } from '../../schema/field-error.ts';
import {
  isJsonObject,
  numberAt,
  stringAt,
  valueAt,
  withValueAt,
  type ApiObject,
  type JsonObject,
} from '../object/api-object.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import { badRequest, conflict, invalid, pageNotFound } from '../status/refusals.ts';
import { selectorText } from '../selector/selector-text.ts';

/** The fields on the way that a path of a scale subresource names, for instance `.spec.replicas`. */
export function steps(path: string): readonly string[] {
  return path.replace(/^\./u, '').split('.');
}

/** An object as its scale subresource shows it (`autoscaling/v1` Scale). */
export function scaleOf(resource: ServedResource, object: ApiObject): ApiObject {
  const paths = resource.subresources.scale;
  if (paths === undefined) throw pageNotFound();
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const selector =
    paths.labelSelectorPath === undefined
      ? valueAt(object, 'spec', 'selector')
      : valueAt(object, ...steps(paths.labelSelectorPath));
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
    },
    // `replicas` is left out when it is 0.
    spec: replicasOf(numberAt(object, ...steps(paths.specReplicasPath)) ?? 0),
    status: {
      replicas: numberAt(object, ...steps(paths.statusReplicasPath)) ?? 0,
      ...(selector === undefined ? {} : { selector: typeof selector === 'string' ? selector : selectorText(selector) }),
    },
  };
}

const replicasOf = (replicas: number): JsonObject => (replicas === 0 ? {} : { replicas });

/** Refuses a negative count; of a custom kind its own validation does. */
export function checkReplicas(resource: ServedResource, replicas: number, name: string): void {
  if (resource.custom !== undefined || replicas >= 0) return;
  const error = invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0');
  throw invalid({ group: 'autoscaling', kind: 'Scale' }, name, [error]);
}

/** The object with the replica count that a Scale asks for, and its preconditions. */
export function withScale(resource: ServedResource, object: ApiObject, scale: unknown): ApiObject {
  const paths = resource.subresources.scale;
  if (paths === undefined) throw pageNotFound();
  if (!isJsonObject(scale)) throw badRequest('the body must be an autoscaling/v1 Scale');
  const replicas = numberAt(scale, 'spec', 'replicas') ?? 0;
  checkReplicas(resource, replicas, object.metadata.name);
  checkScaleUid(resource, object, stringAt(scale, 'metadata', 'uid'));
  const scaled = withValueAt(object, steps(paths.specReplicasPath), replicas);
  const version = stringAt(scale, 'metadata', 'resourceVersion');
  return version === undefined ? scaled : withValueAt(scaled, ['metadata', 'resourceVersion'], version);
}

/** Refuses a Scale of another uid; an empty one means any, and of a custom kind nobody looks. */
export function checkScaleUid(resource: ServedResource, { metadata }: ApiObject, asked = ''): void {
  const { name, uid = '' } = metadata;
  if (resource.custom !== undefined || asked === '' || asked === uid) return;
  const why = `Precondition failed: UID in precondition: ${asked}, UID in object meta: ${uid}`;
  throw conflict({ group: resource.group, resource: `${resource.plural}/scale` }, name, why);
}
