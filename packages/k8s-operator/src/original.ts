import original from '@dot-i/k8s-operator';

type Original = typeof original.default;

/**
 * The operator that ours extends. The package is CommonJS compiled from TypeScript: what it exports as default, Node hands
 * out as a property, and vitest and some bundlers as itself.
 */
export const OriginalOperator: Original = 'default' in original ? original.default : original;

export { ResourceEventType, ResourceMetaImpl } from '@dot-i/k8s-operator';
export type { OperatorLogger, ResourceEvent, ResourceMeta } from '@dot-i/k8s-operator';
