import { ConfigMap, controller, createOrUpdate, enqueueSelf, informerSource, type Cluster } from '@canaryop/reconcile';

/** Keeps a copy of each ConfigMap of another cluster that is labelled `mirror`. */
export function mirror(edge: Cluster) {
  const originals = edge.informer(ConfigMap, { labelSelector: 'mirror' });
  return controller('mirror')
    .from(informerSource(originals, enqueueSelf))
    .watches(ConfigMap, enqueueSelf, (change) => 'mirror-of' in labelsOf(change))
    .may({ resource: ConfigMap, verbs: ['get', 'create', 'patch', 'delete'] })
    .reconcile(async (key, context) => {
      const original = originals.lister.get(key);
      const copy = context.lister(ConfigMap).get(key);
      if (original !== undefined) {
        await createOrUpdate(context, ConfigMap, {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { ...key, labels: { 'mirror-of': edge.name } },
          data: original.data ?? {},
        });
      } else if (copy?.metadata.labels?.['mirror-of'] === edge.name) {
        await context.client.delete(ConfigMap, copy, {}, context.signal);
      }
    });
}

function labelsOf(change: Parameters<typeof enqueueSelf>[0]): Readonly<Record<string, string>> {
  return (change.type === 'deleted' ? change.previous : change.object).metadata.labels ?? {};
}
