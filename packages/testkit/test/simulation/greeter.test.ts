import { ConfigMap } from '@canaryop/reconcile';
import { simulate } from '@canaryop/testkit/simulation';
import { expect, test } from 'vitest';

import { greeter, Greeting } from '../../../reconcile/test/first-operator.ts';

const key = { namespace: 'default', name: 'hi' };
const greeting = { apiVersion: 'demo.io/v1', kind: 'Greeting', metadata: key, spec: { text: 'hello' } };

test('the greeter comes to the same end, whatever goes wrong', async () => {
  await simulate(greeter)
    .given(Greeting.crd(), greeting)
    .when(async ({ quiet, edit }) => {
      await quiet();
      edit(Greeting, key, (live) => ({ ...live, spec: { text: 'bye' } }));
    })
    .invariant('there is one ConfigMap at most', ({ list }) => expect(list(ConfigMap).length).toBeLessThan(2))
    .expect(({ get }) => expect(get(ConfigMap, key)?.data).toEqual({ text: 'bye' }))
    .seeds(20)
    .converges();
});
