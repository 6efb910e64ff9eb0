import {
  ConfigMap,
  controller,
  defineKind,
  dependent,
  dependents,
  dependentsCondition,
  reconcileDependents,
  s,
  setCondition,
} from '@canaryop/reconcile';

export const Shop = defineKind({
  group: 'shops.demo.io',
  version: 'v1',
  kind: 'Shop',
  spec: s.object({ cached: s.boolean().default(true), text: s.string({ maxLength: 100 }).default('hello') }),
  status: s.object({ conditions: s.conditions().optional() }),
});

const database = dependent(Shop, {
  name: 'database',
  kind: ConfigMap,
  desired: ({ metadata }) => ({ metadata: { name: `${metadata.name}-database` } }),
  readyWhen: ({ data }) => data?.['ready'] === 'yes',
});
const cache = dependent(Shop, {
  name: 'cache',
  kind: ConfigMap,
  after: [database],
  activeWhen: ({ spec }) => spec.cached,
  desired: ({ metadata }) => ({ metadata: { name: `${metadata.name}-cache` } }),
});
const web = dependent(Shop, {
  name: 'web',
  kind: ConfigMap,
  after: [database, cache],
  desired: ({ metadata, spec }, ready) => ({
    metadata: { name: `${metadata.name}-web` },
    data: { text: spec.text, cache: ready.of(cache)?.metadata.name ?? 'none' },
  }),
});
const children = dependents(Shop, [database, cache, web], { finalizer: 'shops.demo.io/children' });

export const shops = controller('shops')
  .for(Shop)
  .dependents(children)
  .reconcile(async (key, context) => {
    const shop = context.lister(Shop).get(key);
    if (shop === undefined) return;
    const state = await reconcileDependents(context, children, shop);
    if (shop.metadata.deletionTimestamp !== undefined) return;
    const ready = dependentsCondition(state, 'Ready');
    const conditions = setCondition(state.primary.status?.conditions, ready, context.clock.now());
    await context.client.updateStatus(Shop, state.primary, { conditions });
  });
