/**
 * How long operators take for the same objects with the original and with ours, on a real API server:
 * `node --conditions=source packages/k8s-operator/test/measure/main.ts`. docs/decisions has what came of it.
 */
import { readFileSync } from 'node:fs';

import { createClient } from '@canaryop/reconcile/client';
import { processEnv, sleep } from '@canaryop/reconcile/env';
import { resourceKind } from '@canaryop/reconcile/object';
import { startControlPlane } from '@canaryop/testkit/control-plane';

import { definition, MyCustomResource, myCustomResource } from '../programs/my-custom-resource.ts';
import { startOperator, type Implementation } from '../world/operator-process.ts';

const objects = 500;
const original: Implementation = '@dot-i/k8s-operator';
const ours: Implementation = '@canaryop/k8s-operator';
const definitions = resourceKind({
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
});

const env = processEnv();
const controlPlane = await startControlPlane({ controllerManager: false });
const client = createClient({ env, connection: controlPlane.connection, fieldManager: 'measure' });
const kubeconfig = readFileSync(controlPlane.adminKubeconfig, 'utf8');

/** Seconds from the first event, of a process that has started, to the last status. */
async function measure(implementation: Implementation, waitMs: number, concurrency: number): Promise<number> {
  const environment = { WAIT_MS: String(waitMs), CONCURRENCY: String(concurrency) };
  const operator = startOperator({ program: 'status-operator', implementation, kubeconfig, environment });
  try {
    await client.create(MyCustomResource, myCustomResource('first', 'x'));
    await until(async () => (await withStatus()) === 1);
    const startMs = performance.now();
    const names = Array.from({ length: objects }, (_, index) => `object-${index}`);
    while (names.length > 0) {
      const some = names.splice(0, 50);
      await Promise.all(some.map((name) => client.create(MyCustomResource, myCustomResource(name, 'x'))));
    }
    await until(async () => (await withStatus()) === objects + 1);
    return (performance.now() - startMs) / 1000;
  } finally {
    await operator.stop();
    for (const each of await client.list(MyCustomResource)) await client.delete(MyCustomResource, each);
  }
}

async function withStatus(): Promise<number> {
  return (await client.list(MyCustomResource)).filter(({ status }) => status !== undefined).length;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(env.timers, 100);
}

try {
  await client.create(definitions, definition);
  await until(() =>
    client.list(MyCustomResource).then(
      () => true,
      () => false,
    ),
  );
  for (const waitMs of [0, 20]) {
    for (const [implementation, concurrency] of [
      [original, 1],
      [ours, 1],
      [ours, 10],
    ] as const) {
      const seconds = await measure(implementation, waitMs, concurrency);
      const rate = Math.round(objects / seconds);
      console.log(
        `${implementation}, ${concurrency} at a time, ${waitMs} ms of waiting: ${seconds.toFixed(1)} s, ${rate}/s`,
      );
    }
  }
} finally {
  await controlPlane.stop();
}
