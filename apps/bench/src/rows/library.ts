import { createCache } from '@canaryop/reconcile/cache';
import { createClient, noCredentials, type ClusterConnection } from '@canaryop/reconcile/client';
import type { Transport } from '@canaryop/reconcile/env';
import type { KubernetesObject } from '@canaryop/reconcile/object';

import type { Bench, Benchmark, Figure } from '../benchmark.ts';
import { changeCount, ConfigMap, configMap, objectCount } from '../informer/config-maps.ts';
import { measureInformer } from '../informer/measure-informer.ts';

const rounds = 10;
const applies = 100_000;
const chunkBytes = 65_536;

/** The cache and the client by themselves. */
export const library: Benchmark = {
  name: 'library',
  measures:
    `an informer's first list of ${objectCount} ConfigMaps over loopback TLS from simkube, in a process of its own; then, in ` +
    `this process and without a server, ${objectCount * rounds} watch events from bytes to handler, and ${applies} applies that ` +
    'change nothing',
  run,
};

async function run(bench: Bench): Promise<readonly Figure[]> {
  const { sync, changes } = await measureInformer(bench, 'reconcile');
  bench.progress('events from memory');
  const eventsPerSecond = await eventThroughput(bench);
  bench.progress('applies that change nothing');
  return [
    { what: `first list of ${objectCount}`, value: sync.syncMs, unit: 'ms' },
    { what: 'first list, CPU', value: sync.cpuMs, unit: 'ms' },
    { what: 'heap per cached object', value: sync.heapBytesPerObject, unit: 'bytes' },
    { what: 'bytes of one object as JSON', value: JSON.stringify(configMap(0)).length, unit: 'bytes' },
    { what: 'events over TLS', value: (changeCount / changes.eventsMs) * 1000, unit: '/s' },
    { what: 'CPU per event over TLS', value: (changes.cpuMs * 1000) / changeCount, unit: 'µs' },
    { what: 'events from bytes to handler', value: eventsPerSecond, unit: '/s' },
    { what: 'applies that change nothing', value: await applyThroughput(bench), unit: '/s' },
  ];
}

function stored(index: number, round: number): KubernetesObject {
  const { metadata, ...rest } = configMap(index, round);
  const resourceVersion = String(round * objectCount + index + 1);
  return { ...rest, metadata: { ...metadata, uid: `uid-${index}`, resourceVersion } };
}

function eventLine(type: string, object: object): string {
  return `${JSON.stringify({ type, object })}\n`;
}

/** A server that streams a first list and then, when told so, its changes, all of them made beforehand. */
function scriptedWatch(released: Promise<void>): Transport {
  const first: string[] = [];
  for (let index = 0; index < objectCount; index += 1) first.push(eventLine('ADDED', stored(index, 0)));
  const annotations = { 'k8s.io/initial-events-end': 'true' };
  const { apiVersion, kind } = configMap(0);
  const bookmark = { apiVersion, kind, metadata: { resourceVersion: String(objectCount), annotations } };
  const list = chunks([...first, eventLine('BOOKMARK', bookmark)].join(''));
  const changed: string[] = [];
  for (let round = 1; round <= rounds; round += 1)
    for (let index = 0; index < objectCount; index += 1) changed.push(eventLine('MODIFIED', stored(index, round)));
  const changes = chunks(changed.join(''));
  return {
    request: () => Promise.resolve({ status: 200, headers: { 'content-type': 'application/json' }, body: body() }),
    close: () => Promise.resolve(),
  };

  async function* body(): AsyncGenerator<Uint8Array> {
    yield* list;
    await released;
    yield* changes;
    await new Promise<never>(() => undefined);
  }
}

function chunks(text: string): readonly Uint8Array[] {
  const bytes = Buffer.from(text);
  return Array.from({ length: Math.ceil(bytes.length / chunkBytes) }, (_, index) =>
    bytes.subarray(index * chunkBytes, (index + 1) * chunkBytes),
  );
}

async function eventThroughput({ env }: Bench): Promise<number> {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const connection: ClusterConnection = {
    server: 'https://nowhere',
    transport: scriptedWatch(released),
    credentials: noCredentials,
  };
  const cache = createCache({ env, connection, fieldManager: 'bench' });
  const informer = cache.informer(ConfigMap);
  const stopping = new AbortController();
  const running = cache.start(stopping.signal);
  await cache.synced();
  const { promise: seen, resolve: allSeen } = Promise.withResolvers<void>();
  let events = 0;
  informer.onChange(({ type }) => {
    if (type !== 'updated') return;
    events += 1;
    if (events === objectCount * rounds) allSeen();
  });
  const startMs = env.clock.monotonic();
  release();
  await seen;
  const elapsedMs = env.clock.monotonic() - startMs;
  stopping.abort();
  await Promise.race([running, Promise.resolve()]);
  return (events / elapsedMs) * 1000;
}

/** The same object again and again: compared with what is live, and not sent. */
async function applyThroughput({ env }: Bench): Promise<number> {
  const refuse: Transport = {
    request: () => Promise.reject(new Error('an apply that changes nothing was sent')),
    close: () => Promise.resolve(),
  };
  const connection = { server: 'https://nowhere', transport: refuse, credentials: noCredentials };
  const client = createClient({ env, connection, fieldManager: 'bench' });
  const desired = configMap(0);
  const fieldsV1 = {
    'f:metadata': {
      'f:labels': { 'f:app': {}, 'f:round': {} },
      'f:annotations': { 'f:example.com/note': {} },
    },
    'f:data': { 'f:config.yaml': {} },
  };
  const managedFields = [
    { manager: 'bench', operation: 'Apply', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1 } as const,
  ];
  const live = { ...desired, metadata: { ...desired.metadata, uid: 'uid-0', resourceVersion: '1', managedFields } };
  const startMs = env.clock.monotonic();
  for (let index = 0; index < applies; index += 1) await client.apply(ConfigMap, live, desired);
  return (applies / (env.clock.monotonic() - startMs)) * 1000;
}
