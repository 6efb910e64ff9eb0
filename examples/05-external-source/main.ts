/** What is outside of Kubernetes: prices come from a file that is asked every few seconds. ConfigMaps add a fee. */
import { readFile } from 'node:fs/promises';

import {
  ConfigMap,
  controller,
  defineKind,
  enqueueMapped,
  run,
  s,
  type ControllerDefinition,
} from '@canaryop/reconcile';
import { pollingSource } from '@canaryop/reconcile/watch';

/** Its name says of what. */
export const Price = defineKind({
  group: 'examples.canaryop.io',
  version: 'v1',
  kind: 'Price',
  scope: 'Cluster',
  spec: s.object({}),
  status: s.object({ cents: s.int().optional() }),
  printerColumns: [{ name: 'Cents', type: 'integer', jsonPath: '.status.cents' }],
});

/** On a ConfigMap: the Price that it adds to. */
export const feeLabel = 'examples.canaryop.io/fee-of';
const feeOf = ({ metadata }: ConfigMap): string | undefined => metadata.labels?.[feeLabel];

/** What things cost, by name. */
export type Market = () => Promise<Readonly<Record<string, number>>>;

export function prices(market: Market): ControllerDefinition {
  const changes = pollingSource({
    name: 'market',
    everyMs: 5000,
    poll: async () => Object.entries(await market()).map(([name, cents]) => [{ name }, cents]),
  });
  return (
    controller('prices')
      .for(Price)
      .from(changes)
      // When a label moves, both the former Price and the new one are looked at.
      .watches(
        ConfigMap,
        enqueueMapped((fee) => [{ name: feeOf(fee) ?? '' }].filter(({ name }) => name !== '')),
      )
      .reconcile(async (key, { client, lister }) => {
        const price = lister(Price).get(key);
        if (price === undefined) return;
        // What has woken it does not matter: it asks for itself.
        const cost = (await market())[key.name];
        const fees = lister(ConfigMap)
          .list()
          .filter((each) => feeOf(each) === key.name);
        const cents = fees.reduce((sum, { data }) => sum + Number(data?.['cents'] ?? 0), cost ?? 0);
        await client.updateStatus(Price, price, cost === undefined ? {} : { cents });
      })
  );
}

if (import.meta.main) {
  const file = process.env['PRICES'] ?? 'prices.json';
  const market: Market = async () => JSON.parse(await readFile(file, 'utf8'));
  if (process.argv.includes('--crd')) process.stdout.write(JSON.stringify(Price.crd()));
  else await run({ fieldManager: 'prices', controllers: [prices(market)] });
}
