/** What Kubernetes objects are, without any I/O. */
export type { Condition, KubernetesObject, ManagedFieldsEntry, ObjectMeta, OwnerReference } from './object.ts';
export { keyOf, keyText, type ObjectKey } from './object-key.ts';
export {
  apiVersionOf,
  groupResourceOf,
  resourceKind,
  resourcePath,
  type ObjectOf,
  type ResourceKind,
} from './resource-kind.ts';
