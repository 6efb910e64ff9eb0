import { isTrue } from '@canaryop/reconcile';
import { simulate } from '@canaryop/testkit/simulation';
import { expect, test } from 'vitest';

import { samples } from '../samples.ts';
import { EggTimer, eggTimers } from './main.ts';

const key = { namespace: 'default', name: 'breakfast' };

test('an egg timer is Done when its seconds are over, and not before, whatever goes wrong', async () => {
  await simulate(eggTimers)
    .given(EggTimer.crd(), ...samples('01-minimal'))
    .when(async ({ get, wait }) => {
      await wait(9000);
      expect(isTrue(get(EggTimer, key)?.status?.conditions, 'Done')).toBe(false);
    })
    .expect(({ get }) => expect(isTrue(get(EggTimer, key)?.status?.conditions, 'Done')).toBe(true))
    .seeds(5)
    .converges();
});
