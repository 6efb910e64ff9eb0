/** What @dot-i/k8s-operator exports, with an `Operator` that loses no event: change the import, and nothing else. */
export { Operator as default } from './operator.ts';
export type { OperatorOptions } from './operator-options.ts';
export {
  ResourceEventType,
  ResourceMetaImpl,
  type OperatorLogger,
  type ResourceEvent,
  type ResourceMeta,
} from './original.ts';
