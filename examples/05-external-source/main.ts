/** What is outside of Kubernetes: prices come from a file that is looked at every few seconds. ConfigMaps add a fee. */
import { readFile } from 'node:fs/promises';

import { channelSource, ConfigMap, controller, createManager, defineKind, enqueueMapped } from '@canaryop/reconcile';
import { loadCluster, processEnv, s, winstonLogger, type Manager, type ManagerOptions } from '@canaryop/reconcile';
import { sleep } from '@canaryop/reconcile/env';
import { terminationSignal } from '@canaryop/reconcile/manager';
import { keyOf, type ObjectKey } from '@canaryop/reconcile/object';

export const Price = defineKind({
  group: 'examples.canaryop.io',
  version: 'v1',
  kind: 'Price',
  spec: s.object({ goods: s.string({ maxLength: 40 }) }),
  status: s.object({ cents: s.int().optional() }),
  printerColumns: [{ name: 'Cents', type: 'integer', jsonPath: '.status.cents' }],
});
export const feeLabel = 'examples.canaryop.io/fee-of';

/** What goods cost, by name. */
export type Market = () => Promise<Readonly<Record<string, number>>>;

/** Which Price a ConfigMap adds to. When its label moves, both the former and the new one are looked at. */
const feeOf = ({ metadata: { namespace, labels } }: ConfigMap): readonly ObjectKey[] => {
  const name = labels?.[feeLabel];
  return name === undefined || namespace === undefined ? [] : [{ namespace, name }];
};

export function operator(options: Pick<ManagerOptions, 'env' | 'connection'>, market: Market): Manager {
  const manager = createManager({ ...options, fieldManager: 'prices' });
  const { lister } = manager.informer(Price, { indexes: { goods: ({ spec }) => [spec.goods] } });
  const changed = channelSource('market');
  manager.add({
    name: 'market',
    /** Says whose price has changed, and nothing more: a reconcile asks for itself. */
    async start(signal) {
      for (let before: Awaited<ReturnType<Market>> = {}; !signal.aborted;) {
        const now = await market();
        const goods = Object.keys({ ...before, ...now }).filter((name) => before[name] !== now[name]);
        for (const price of goods.flatMap((name) => lister.byIndex('goods', name))) changed.send(keyOf(price));
        before = now;
        await sleep(options.env.timers, 5000, signal);
      }
    },
  });
  const prices = controller('prices')
    .for(Price)
    .watches(ConfigMap, enqueueMapped(feeOf))
    .from(changed)
    .reconcile(async (key, context) => {
      const price = context.lister(Price).get(key);
      if (price === undefined) return;
      const cost = (await market())[price.spec.goods];
      const fees = context
        .lister(ConfigMap)
        .list(key.namespace)
        .filter((fee) => feeOf(fee)[0]?.name === key.name);
      const cents = fees.reduce((sum, { data }) => sum + Number(data?.['cents'] ?? 0), cost ?? 0);
      await context.client.updateStatus(Price, price, cost === undefined ? {} : { cents });
    });
  manager.add(prices);
  return manager;
}

if (import.meta.main) {
  const env = processEnv(winstonLogger());
  const market: Market = async () => JSON.parse(await readFile(process.env['PRICES'] ?? 'prices.json', 'utf8'));
  if (process.argv.includes('--crd')) process.stdout.write(JSON.stringify(Price.crd()));
  else {
    const manager = operator({ env, connection: (await loadCluster(env)).connection }, market);
    await manager.start(terminationSignal(process, () => process.exit(1)));
    process.exit();
  }
}
