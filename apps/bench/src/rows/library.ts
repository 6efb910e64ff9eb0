import { createClient, noCredentials } from '@canaryop/reconcile/client';
import type { Transport } from '@canaryop/reconcile/env';

import type { Bench, Benchmark, Figure } from '../benchmark.ts';
import { changeCount, ConfigMap, configMap, objectCount } from '../informer/config-maps.ts';
import { measureInformer } from '../informer/measure-informer.ts';

const applies = 100_000;

/** The cache and the client by themselves. */
export const library: Benchmark = {
  name: 'library',
  measures:
    `an informer's first list of ${objectCount} ConfigMaps over loopback TLS from simkube, in a process of its own; then, in ` +
    `this process and without a server, ${applies} applies that change nothing`,
  run,
};

async function run(bench: Bench): Promise<readonly Figure[]> {
  const { sync, changes } = await measureInformer(bench, 'reconcile');
  bench.progress('applies that change nothing');
  return [
    { what: `first list of ${objectCount}`, value: sync.syncMs, unit: 'ms' },
    { what: 'first list, CPU', value: sync.cpuMs, unit: 'ms' },
    { what: 'heap per cached object', value: sync.heapBytesPerObject, unit: 'bytes' },
    { what: 'bytes of one object as JSON', value: JSON.stringify(configMap(0)).length, unit: 'bytes' },
    { what: 'events over TLS', value: (changeCount / changes.eventsMs) * 1000, unit: '/s' },
    { what: 'CPU per event over TLS', value: (changes.cpuMs * 1000) / changeCount, unit: 'µs' },
    { what: 'applies that change nothing', value: await applyThroughput(bench), unit: '/s' },
  ];
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
