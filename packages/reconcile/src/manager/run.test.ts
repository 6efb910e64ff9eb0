import { expect, it } from 'vitest';

import { noCredentials } from '../client/cluster-connection.ts';
import { controller } from '../controller/builder.ts';
import { setCondition } from '../conditions/conditions.ts';
import { defineKind } from '../crd/define-kind.ts';
import { s } from '../crd/schema.ts';
import { ConfigMap } from '../kinds/core-v1.ts';
import { controllerReference } from '../owners/owner-reference.ts';
import { TinyApiServer } from '../testing/tiny-api-server.ts';
import { virtualEnv } from '../testing/virtual-env.ts';
import { run } from './run.ts';

const Greeting = defineKind({
  group: 'demo.io',
  version: 'v1',
  kind: 'Greeting',
  spec: s.object({ text: s.string({ maxLength: 100 }).default('hello') }).rule('self.text != ""', 'say something'),
  status: s.object({ conditions: s.conditions().optional() }),
});

/** A whole first operator: one kind, one child, one condition. */
const greeting = controller('greeting')
  .for(Greeting)
  .owns(ConfigMap)
  .reconcile(async (key, { lister, client, events }) => {
    const live = lister(Greeting).get(key);
    if (live === undefined) return;
    const child = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace: key.namespace ?? '', name: key.name, ownerReferences: [controllerReference(live)] },
      data: { text: live.spec.text },
    };
    const existing = lister(ConfigMap).get(key);
    if (existing === undefined) {
      await client.create(ConfigMap, child);
      events.event(live, 'Normal', 'Created', `ConfigMap ${key.name} was created`);
    }
    const ready = { type: 'Ready', status: 'True', reason: 'Created', message: 'the ConfigMap is there' } as const;
    await client.updateStatus(Greeting, live, { conditions: setCondition(live.status?.conditions, ready, 0) });
  });

it('runs a first operator of about twenty lines, which reads its own writes and comes to rest', async () => {
  const env = virtualEnv();
  const api = new TinyApiServer();
  const collection = '/apis/demo.io/v1/namespaces/n/greetings';
  const object = { apiVersion: 'demo.io/v1', kind: 'Greeting', metadata: { namespace: 'n', name: 'a' } };
  api.put(collection, Object.assign(object, { spec: { text: 'hi' } }));
  const abort = new AbortController();
  const address = '127.0.0.1:0';
  const ended = run({
    fieldManager: 'greeter',
    controllers: [greeting],
    namespace: 'n',
    env,
    cluster: { connection: { server: 'http://api.test', transport: api, credentials: noCredentials }, namespace: 'n' },
    probes: { address },
    metrics: { address },
    signal: abort.signal,
  });
  const writes = (): readonly string[] =>
    api.requests.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`);
  while (writes().length < 3) await env.time.advance(10);
  await env.time.advance(60_000);
  abort.abort();
  await ended;
  expect([...writes()].sort()).toEqual([
    `PATCH ${collection}/a/status`,
    'POST /api/v1/namespaces/n/configmaps',
    'POST /api/v1/namespaces/n/events',
  ]);
  expect(api.at('/api/v1/namespaces/n/configmaps/a')).toMatchObject({ data: { text: 'hi' } });
});
