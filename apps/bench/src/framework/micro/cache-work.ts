import { createCache, type Informer } from '@canaryop/reconcile/cache';
import type { Env } from '@canaryop/reconcile/env';
import { ConfigMap, Pod } from '@canaryop/reconcile/kinds';
import type { KubernetesObject, ResourceKind } from '@canaryop/reconcile/object';

import type { FixtureResource } from './fixture.ts';
import { leastNs } from './least-time.ts';
import type { MicroFigures, MicroSizes } from './micro-figures.ts';
import { scriptedWatch } from './scripted-watch.ts';

const appsOf = (object: KubernetesObject): readonly string[] => [object.metadata.labels?.['app'] ?? ''];

/** The bytes of watches on their way into a cache, its heap, and reads of it. */
export async function cacheWork(env: Env, folder: string, sizes: MicroSizes): Promise<MicroFigures> {
  const reads = await readWork(env, folder, sizes);
  const measure = async (resource: FixtureResource, changes: 'changes' | 'seen'): Promise<number> => {
    const kind: ResourceKind = resource === 'pods' ? Pod : ConfigMap;
    // What was seen already is decoded and dropped, but for the last, of a new version, which tells the end.
    const expected = changes === 'seen' ? 1 : sizes.changes;
    return (await eventsMs({ env, folder, resource, kind, changes, expected })) * (1000 / sizes.changes);
  };
  return {
    ...reads,
    configMapDecodedUs: await measure('configmaps', 'seen'),
    configMapHandledUs: await measure('configmaps', 'changes'),
    podDecodedUs: await measure('pods', 'seen'),
    podHandledUs: await measure('pods', 'changes'),
  };
}

interface Events {
  readonly env: Env;
  readonly folder: string;
  readonly resource: FixtureResource;
  readonly kind: ResourceKind;
  readonly changes: 'changes' | 'seen';
  /** How many of them come to a handler. */
  readonly expected: number;
}

async function eventsMs({ env, folder, resource, kind, changes, expected }: Events): Promise<number> {
  const watch = scriptedWatch(folder, resource, changes);
  const stop = new AbortController();
  const cache = createCache({ env, connection: watch.connection, fieldManager: 'bench' });
  const informer = cache.informer(kind);
  void cache.start(stop.signal);
  await cache.synced();
  const { promise: done, resolve } = Promise.withResolvers<void>();
  let events = 0;
  informer.onChange(({ type }) => {
    if (type !== 'updated') return;
    events += 1;
    if (events === expected) resolve();
  });
  const startMs = env.clock.monotonic();
  watch.release();
  await done;
  const elapsedMs = env.clock.monotonic() - startMs;
  stop.abort();
  return elapsedMs;
}

async function readWork({ clock, ...env }: Env, folder: string, sizes: MicroSizes): Promise<MicroFigures> {
  const heapBefore = heapInUse();
  const { informer, stop } = await filled({ clock, ...env }, folder);
  const heapBytesPerObject = (heapInUse() - heapBefore) / sizes.objects;
  const { lister } = informer;
  const { objects, namespaces, apps, gets, lists } = sizes;
  const named = (prefix: string, count: number): readonly string[] =>
    Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
  const [names, spaces, values] = [named('object', objects), named('namespace', namespaces), named('app', apps)];
  let seen = 0;
  const getNs = leastNs(clock, gets, (index) => {
    const at = (index * 7919) % objects;
    const found = lister.get({ namespace: spaces[at % namespaces], name: names[at] ?? '' });
    if (found !== undefined) seen += 1;
  });
  const listNamespaceNs = leastNs(clock, lists, (index) => {
    seen += lister.list(spaces[(index * 31) % namespaces]).length;
  });
  const byIndexNs = leastNs(clock, lists, (index) => {
    seen += lister.byIndex('app', values[(index * 31) % apps] ?? '').length;
  });
  stop();
  const expected = gets + lists * (objects / namespaces + objects / apps);
  if (seen < expected) throw new Error(`${seen} objects were read, and not ${expected}`);
  return { getNs, listNamespaceNs, byIndexNs, heapBytesPerObject };
}

async function filled(env: Env, folder: string): Promise<{ informer: Informer<KubernetesObject>; stop: () => void }> {
  const { connection } = scriptedWatch(folder, 'configmaps', 'changes');
  const cache = createCache({ env, connection, fieldManager: 'bench' });
  const informer = cache.informer<KubernetesObject>(ConfigMap, { indexes: { app: appsOf } });
  const stopping = new AbortController();
  void cache.start(stopping.signal);
  await cache.synced();
  return { informer, stop: () => stopping.abort() };
}

/** Needs --expose-gc, which whoever starts this gives. */
function heapInUse(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
