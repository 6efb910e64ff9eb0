import type { ApiCore } from '../api-core.ts';
import type { ApiObject } from '../object/api-object.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import { keyOfNames } from '../storage/resource-store.ts';

/** Names an object of any kind. */
export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name: string;
  readonly uid: string;
}

/** The reference to a stored object. */
export function referenceTo(object: ApiObject): ObjectReference {
  const { name, namespace, uid = '' } = object.metadata;
  return { apiVersion: object.apiVersion, kind: object.kind, namespace, name, uid };
}

/** What a reference names, while it is served and is still the same incarnation. */
export function resolve(
  core: ApiCore,
  reference: ObjectReference,
): { readonly resource: ServedResource; readonly object: ApiObject } | undefined {
  const resource = core.registry.findKind(reference.apiVersion, reference.kind);
  const object = resource?.store.get(keyOfNames(reference.namespace, reference.name));
  return resource === undefined || object === undefined || object.metadata.uid !== reference.uid
    ? undefined
    : { resource, object };
}
