import { ConfigMap } from '@canaryop/reconcile';
import { conflicts, everyDeath, simulate } from '@canaryop/testkit/simulation';
import { expect, test } from 'vitest';

import { samples } from '../samples.ts';
import { feeLabel, Price, prices } from './main.ts';

const price = { name: 'eggs' };
const fee = { namespace: 'default', name: 'delivery' };

test('a price follows the market and its fees', async () => {
  const minute = 60_000;
  // Eggs get dearer after a minute.
  await simulate(({ env }) => prices(async () => ({ eggs: env.clock.monotonic() < minute ? 300 : 400 })))
    .given(Price.crd(), ...samples('05-external-source'))
    .when(async ({ get, edit, wait }) => {
      await wait(minute / 2);
      expect(get(Price, price)?.status?.cents).toBe(550);
      await wait(minute);
      expect(get(Price, price)?.status?.cents).toBe(650);
      edit(ConfigMap, fee, (live) => ({ ...live, metadata: { ...live.metadata, labels: { [feeLabel]: 'bread' } } }));
    })
    .expect(({ get }) => expect(get(Price, price)?.status?.cents).toBe(400))
    .faults(everyDeath, conflicts)
    .seeds(3)
    .converges();
});
