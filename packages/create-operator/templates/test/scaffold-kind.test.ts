import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ConfigMap } from '@canaryop/reconcile';
import { isTrue } from '@canaryop/reconcile/conditions';
import { crashMoments, simulatedCluster } from '@canaryop/testkit';

import { ScaffoldKind } from '../src/api/v99beta99/scaffold-kind.ts';
import { scaffoldKindController } from '../src/controllers/scaffold-kind.ts';

const key = { namespace: 'default', name: 'sample' }; // scaffold:namespaced
// scaffold:cluster const key = { name: 'sample' };
const child = { namespace: 'default', name: 'sample' };

/** A cluster in this process, in virtual time, with one object in it. */
function newCluster() {
  const cluster = simulatedCluster({
    fieldManager: 'test',
    kinds: [ScaffoldKind],
    controllers: [scaffoldKindController],
  });
  const sample = {
    apiVersion: 'group.scaffold.example/v99beta99',
    kind: 'ScaffoldKind',
    metadata: key,
    spec: {},
  };
  cluster.api.create(ScaffoldKind, ScaffoldKind.withDefaults(sample));
  return {
    ...cluster,
    text: () => cluster.api.get(ConfigMap, child)?.data?.['text'],
    isReady: () => isTrue(cluster.api.get(ScaffoldKind, key)?.status?.conditions, 'Ready'),
  };
}

/** What an undisturbed run writes, by which the others are judged. */
async function writesOfOneRun(): Promise<readonly string[]> {
  const cluster = newCluster();
  const { writes } = cluster.start();
  await cluster.until(cluster.isReady);
  await cluster.close();
  return writes;
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
  cluster.api.update(ScaffoldKind, { ...live, spec: { text: 'bye' } });
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

test('ScaffoldKind: comes to the same end wherever it dies', async (t) => {
  const expected = await writesOfOneRun();
  for (const [index, write] of expected.entries()) {
    for (const moment of crashMoments) {
      await t.test(`${write}, ${moment}`, async () => {
        const cluster = newCluster();
        const first = cluster.start({ request: index + 1, moment });
        await cluster.until(() => first.isDead);
        const second = cluster.start();
        await cluster.until(cluster.isReady);
        assert.equal(cluster.text(), 'hello');
        // What was written before the death is not written again.
        const arrived = moment === 'before it is sent' ? index : index + 1;
        assert.deepEqual(second.writes, expected.slice(arrived));
        await cluster.close();
      });
    }
  }
});
