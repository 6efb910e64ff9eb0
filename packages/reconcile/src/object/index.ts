/** What Kubernetes objects are, without any I/O. */
export type { Condition, KubernetesObject, ManagedFieldsEntry, ObjectMeta, OwnerReference } from './object.ts';
export { present, type Present } from './present.ts';
export { keyOf, keyText, type ObjectKey } from './object-key.ts';
export {
  apiVersionOf,
  groupResourceOf,
  metadataOnly,
  resourceKind,
  resourcePath,
  type ObjectOf,
  type ResourceKind,
} from './resource-kind.ts';
export { lastManagerOf, type FieldManager, type FieldPath } from './field-manager.ts';
export { deepFreeze, isJsonObject, jsonEqual, ownValue, parseJson, setOwn, type JsonObject } from './json.ts';
export { matchesFields, parseFieldSelector, type FieldRequirement } from './field-selector.ts';
export { matchesLabels, parseLabelSelector, type LabelRequirement } from './label-selector.ts';
export { compareResourceVersions, isOlder } from './resource-version.ts';
