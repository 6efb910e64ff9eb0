import { field, type KindPool } from './kind-pool.ts';

/** Namespaces beside the sequence's own. */
export const namespacePool: KindPool = {
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  isNamespaced: false,
  base: {},
  fields: [field('metadata.labels.team', ['x', 'y'], ['not valid!']), field('spec.finalizers', [['kubernetes']])],
  selectors: ['status.phase=Active', 'metadata.name={{ns}}-a'],
  status: [field('status.phase', ['Active'], ['Odd'])],
};
