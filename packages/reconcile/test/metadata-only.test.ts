import { expect, it } from 'vitest';

import { createCache } from '@canaryop/reconcile/cache';
import { createClient, noCredentials } from '@canaryop/reconcile/client';
import { controller } from '@canaryop/reconcile/controller';
import type { Transport } from '@canaryop/reconcile/env';
import { ConfigMap } from '@canaryop/reconcile/kinds';
import { createManager } from '@canaryop/reconcile/manager';
import { metadataOnly } from '@canaryop/reconcile/object';
import { virtualEnv } from '@canaryop/reconcile/testing';
import { adminUser, createApiServer } from '@canaryop/simkube';

const key = { namespace: 'default', name: 'a' };
const configMap = (name: string, text: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace: 'default', name, labels: { app: name } },
  data: { text },
});

/** A server with one ConfigMap, and every byte that was read from it. */
function world() {
  const env = virtualEnv();
  const server = createApiServer({ env });
  server.loopback.create(ConfigMap, configMap('a', 'secret'));
  const inner = server.transport(adminUser);
  let received = '';
  const transport: Transport = {
    close: () => inner.close(),
    async request(request) {
      const { body, ...answer } = await inner.request(request);
      return { ...answer, body: request.method === 'GET' ? noted(body) : body };
    },
  };
  async function* noted(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    for await (const chunk of body) {
      received += new TextDecoder().decode(chunk);
      yield chunk;
    }
  }
  const connection = { server: 'https://cluster', transport, credentials: noCredentials };
  return { env, server, connection, received: () => received };
}

it.each([
  ['by stream', true],
  ['in pages', false],
])(
  'metadata is listed %s and watched without the rest, which not even crosses the network',
  async (_, streamingLists) => {
    const { env, server, connection, received } = world();
    const cache = createCache({ env, connection, fieldManager: 'tester', streamingLists });
    const client = createClient({ env, connection, fieldManager: 'tester', observe: (write) => cache.observe(write) });
    const informer = cache.informer(metadataOnly(ConfigMap));
    const whole = cache.informer(ConfigMap, { namespace: 'elsewhere' });
    const stop = new AbortController();
    const ended = cache.start(stop.signal);
    await env.time.until(() => informer.hasSynced && whole.hasSynced);
    server.loopback.create(ConfigMap, configMap('b', 'secret'));
    await env.time.until(() => informer.lister.list().length === 2);
    await client.create(ConfigMap, configMap('c', 'secret'));
    const seen = informer.lister.list();
    expect(seen.map((object) => Object.keys(object))).toEqual(seen.map(() => ['apiVersion', 'kind', 'metadata']));
    expect(seen.map(({ kind, apiVersion, metadata }) => [apiVersion, kind, metadata.labels])).toEqual([
      ['v1', 'ConfigMap', { app: 'a' }],
      ['v1', 'ConfigMap', { app: 'b' }],
      ['v1', 'ConfigMap', { app: 'c' }],
    ]);
    expect(await client.get(metadataOnly(ConfigMap), key)).toEqual(
      expect.not.objectContaining({ data: expect.anything() }),
    );
    expect(await client.list(metadataOnly(ConfigMap))).toHaveLength(3);
    expect(received()).toContain('"app":"a"');
    expect(received()).not.toContain('secret');
    stop.abort();
    await ended;
    await server.close();
  },
);

it('a controller that declares metadata only cannot read the whole kind by accident', async () => {
  const { env, server, connection, received } = world();
  const manager = createManager({ env, connection, fieldManager: 'tester' });
  const outcomes: string[] = [];
  manager.add(
    controller('labels')
      .for(metadataOnly(ConfigMap))
      .reconcile((request, { lister }) => {
        outcomes.push(lister(metadataOnly(ConfigMap)).get(request)?.metadata.labels?.['app'] ?? 'gone');
        expect(() => lister(ConfigMap)).toThrow('without having declared it');
        return Promise.resolve();
      }),
  );
  const stop = new AbortController();
  const ended = manager.start(stop.signal);
  await env.time.until(() => outcomes.length > 0);
  stop.abort();
  await Promise.all([ended, env.time.advance(100)]);
  expect(outcomes).toEqual(['a']);
  expect(received()).not.toContain('secret');
  await server.close();
});
