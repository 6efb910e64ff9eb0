import { defineKind, s } from '@canaryop/reconcile/crd';

/** What every peer reconciles: each has one ConfigMap with its text, and a status that says which text that is. */
export const Widget = defineKind({
  group: 'bench.canaryop.io',
  version: 'v1',
  kind: 'Widget',
  spec: s.object({ text: s.string({ maxLength: 100 }) }),
  status: s.object({ text: s.string().optional(), observedGeneration: s.int().optional() }),
});

export const namespace = 'default';
export const widgetName = (index: number): string => `widget-${index}`;

/** A ConfigMap of about 2 KB, for the caches. */
export function paddedConfigMap(index: number) {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace: 'cached', name: `object-${index}`, labels: { app: 'bench', shard: String(index % 16) } },
    data: { text: `object ${index} `.padEnd(1700, 'x') },
  };
}
