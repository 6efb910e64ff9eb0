import { expect, it } from 'vitest';

import { everyFault, simulate, twoLeaders } from '@canaryop/testkit/simulation';

import { greeter, Greeting } from '../../../reconcile/test/first-operator.ts';

const key = { namespace: 'default', name: 'hi' };
const greeting = Greeting.withDefaults({ apiVersion: 'demo.io/v1', kind: 'Greeting', metadata: key, spec: {} });
const edited = simulate(greeter)
  .given(Greeting.crd(), greeting)
  .when(async ({ quiet, edit }) => {
    await quiet();
    edit(Greeting, key, (live) => ({ ...live, spec: { text: 'bye' } }));
  });

it('finds nothing in the first operator, with 500 seeds of every fault', { timeout: 300_000 }, async () => {
  const report = await edited.seeds(500).converges();
  expect(Object.keys(report.faults).length).toBe(16);
});

it('finds nothing in two processes of it, with 100 seeds', { timeout: 300_000 }, async () => {
  const report = await edited
    .faults(...everyFault, twoLeaders)
    .seeds(100)
    .converges();
  expect(report.faults.pause).toBeGreaterThan(10);
});
