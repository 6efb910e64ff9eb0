import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ConfigMap } from '@canaryop/reconcile';
import { isTrue } from '@canaryop/reconcile/conditions';
import { simulatedCluster } from '@canaryop/testkit';
import { simulate } from '@canaryop/testkit/simulation';

import { ScaffoldKind } from '../src/api/v99beta99/scaffold-kind.ts';
import { scaffoldKindController } from '../src/controllers/scaffold-kind.ts';

const key = { namespace: 'default', name: 'sample' }; // scaffold:namespaced
// scaffold:cluster const key = { name: 'sample' };
const child = { namespace: 'default', name: 'sample' };

const sample = ScaffoldKind.withDefaults({
  apiVersion: 'group.scaffold.example/v99beta99',
  kind: 'ScaffoldKind',
  metadata: key,
  spec: {},
});

/** A cluster in this process, in virtual time, with one object in it. */
function newCluster() {
  const cluster = simulatedCluster({
    fieldManager: 'test',
    kinds: [ScaffoldKind],
    controllers: [scaffoldKindController],
  });
  cluster.api.create(ScaffoldKind, sample);
  return {
    ...cluster,
    text: () => cluster.api.get(ConfigMap, child)?.data?.['text'],
    isReady: () => isTrue(cluster.api.get(ScaffoldKind, key)?.status?.conditions, 'Ready'),
  };
}

test('ScaffoldKind: has its ConfigMap, and writes nothing in an hour at rest', async (t) => {
  const cluster = newCluster();
  t.after(() => cluster.close());
  const { writes } = cluster.start();
  await cluster.until(cluster.isReady);
  assert.equal(cluster.text(), 'hello');
  const written = [...writes];
  await cluster.pause(3_600_000);
  assert.deepEqual(writes, written);
});

test('ScaffoldKind: follows a change, and repairs its ConfigMap', async (t) => {
  const cluster = newCluster();
  t.after(() => cluster.close());
  cluster.start();
  await cluster.until(cluster.isReady);
  const live = cluster.api.get(ScaffoldKind, key);
  assert.ok(live);
  cluster.api.update(ScaffoldKind, { ...live, spec: { ...live.spec, text: 'bye' } });
  await cluster.until(() => cluster.text() === 'bye');
  cluster.api.delete(ConfigMap, child);
  await cluster.until(() => cluster.text() === 'bye');
});

test('ScaffoldKind: takes its ConfigMap along when it is deleted', async (t) => {
  const cluster = newCluster();
  t.after(() => cluster.close());
  cluster.start();
  await cluster.until(cluster.isReady);
  cluster.api.delete(ScaffoldKind, key);
  const isGone = (): boolean => cluster.api.get(ScaffoldKind, key) === undefined;
  await cluster.until(() => isGone() && cluster.text() === undefined);
});

test('ScaffoldKind: goes after its ConfigMap when it is deleted in the foreground', async (t) => {
  const cluster = newCluster();
  t.after(() => cluster.close());
  const { writes } = cluster.start();
  await cluster.until(cluster.isReady);
  cluster.api.delete(ScaffoldKind, key, { propagation: 'Foreground' });
  await cluster.until(() => cluster.api.get(ScaffoldKind, key) === undefined);
  assert.equal(cluster.text(), undefined);
  // Another one, made meanwhile, would have to go first, and so on for ever.
  assert.equal(writes.filter((write) => write === 'POST /api/v1/namespaces/default/configmaps').length, 1);
});

test('ScaffoldKind: comes to the same end, wherever it dies and whatever else goes wrong', async () => {
  await simulate(scaffoldKindController)
    .given(ScaffoldKind.crd(), sample)
    .expect(({ get }) => assert.equal(get(ConfigMap, child)?.data?.['text'], 'hello'))
    .seeds(20)
    .converges();
});
