import { readFile } from 'node:fs/promises';

import { createManager, type ObjectOf } from '@canaryop/reconcile';
import { noCredentials } from '@canaryop/reconcile/client';
import type { Transport } from '@canaryop/reconcile/env';
import { metricsRegistry } from '@canaryop/reconcile/metrics';
import { virtualEnv } from '@canaryop/reconcile/testing';
import {
  MutatingWebhookConfiguration,
  ValidatingWebhookConfiguration as judging,
  webhookEndpoint,
  webhookMetrics,
} from '@canaryop/reconcile/webhook';
import { adminUser, createApiServer } from '@canaryop/simkube';
import { readerOf } from '@canaryop/testkit';
import { checkRoundTrips } from '@canaryop/testkit/properties';
import { expect, test } from 'vitest';

import { samples } from '../samples.ts';
import { admission, manifests, Room, rooms, RoomV1beta1, versions } from './main.ts';

const key = { namespace: 'default', name: 'kitchen' };

const env = virtualEnv();
const metrics = webhookMetrics(metricsRegistry(), []);
const endpoint = webhookEndpoint({ env, admission, conversion: [versions], metrics, reader: readerOf([]) });
/** From the API server straight to the handlers: certificates and sockets have tests of their own. */
const toWebhooks: Transport = {
  async request({ url, body }) {
    const { pathname: path, searchParams: query } = new URL(url);
    const answer = await endpoint({ method: 'POST', path, query, headers: {}, body: String(body) });
    return { status: answer.status, headers: {}, body: bytesOf(answer.body) };
  },
  close: () => Promise.resolve(),
};

async function* bytesOf(text: string): AsyncIterable<Uint8Array> {
  yield new TextEncoder().encode(text);
}

test('rooms are completed, judged, and read in both versions', async () => {
  const [definition, ...configurations] = manifests;
  const server = createApiServer({
    env,
    ...(definition === undefined ? {} : { definitions: [definition] }),
    webhooks: { transport: () => toWebhooks },
  });
  for (const each of configurations)
    server.loopback.create(each.kind === judging.kind ? judging : MutatingWebhookConfiguration, each);
  const connection = { server: 'https://cluster', transport: server.transport(adminUser), credentials: noCredentials };
  const manager = createManager({ env, connection, fieldManager: 'rooms' });
  manager.add(rooms);
  const stop = new AbortController();
  const ended = manager.start(stop.signal);
  const { client } = manager;

  const [kitchen, attic] = samples('04-webhook') as readonly [ObjectOf<typeof Room>, ObjectOf<typeof RoomV1beta1>];
  const made = await client.create(Room, kitchen);
  expect(made.metadata.annotations).toEqual({ 'examples.canaryop.io/by': adminUser.username });
  await client.create(RoomV1beta1, attic);
  const hall = { ...kitchen, metadata: { ...kitchen.metadata, name: 'hall' }, spec: { width: 50, depth: 50 } };
  await expect(client.create(Room, hall)).rejects.toThrow('that is no room but a hall');
  await env.time.advance(1000);
  const found = await client.get(Room, { ...key, name: 'attic' });
  expect(found).toMatchObject({ spec: { width: 5, depth: 6 }, status: { squareMetres: 30 } });
  expect((await client.get(RoomV1beta1, key))?.spec).toEqual({ size: '3x4' });
  expect((await client.get(Room, key))?.spec).toEqual({ width: 3, depth: 4, floor: 1 });

  stop.abort();
  await Promise.all([ended, env.time.advance(1000)]);
  await server.close();
});

test('rooms lose nothing between versions', () => {
  checkRoundTrips(versions);
});

test('docs/webhooks.md shows these versions', async () => {
  const [page, source] = await Promise.all(
    ['../../docs/webhooks.md', './main.ts'].map((path) => readFile(new URL(path, import.meta.url), 'utf8')),
  );
  const from = source?.indexOf('const shared') ?? -1;
  const versionsOnly = source?.slice(from, source.indexOf('/** Who made it')).trimEnd();
  expect(from).toBeGreaterThan(0);
  expect(page).toContain(versionsOnly);
});
