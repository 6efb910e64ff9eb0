import { virtualEnv, type VirtualEnv } from '@canaryop/reconcile/testing';
import { beforeEach, describe, expect, it } from 'vitest';

import { adminUser, createApiServer, type ApiServer } from '../../src/index.ts';
import { ApiClient, type OpenWatch } from '../api-client.ts';
import { configMap } from '../widgets.ts';

const path = '/api/v1/namespaces/default/configmaps';

let env: VirtualEnv;
let server: ApiServer;
let client: ApiClient;
beforeEach(() => {
  env = virtualEnv();
  server = createApiServer({ env });
  client = new ApiClient(server.transport(adminUser));
});

/** A watch that ends with its first event, as one from a version that is too old does. */
async function onlyEvent(from: ApiClient, resourceVersion: string): Promise<readonly unknown[]> {
  const { body } = await from.get<Readonly<{ type: string; object: { code: number; reason: string } }>>(
    `${path}?watch=true&resourceVersion=${resourceVersion}`,
  );
  return [body.type, body.object.code, body.object.reason];
}

async function createAll(names: readonly string[], labels: object = {}): Promise<void> {
  for (const name of names) await client.post(path, configMap(name, {}, { labels }));
}

const namesOf = (items: readonly { metadata: { name: string } }[]): readonly string[] =>
  items.map((item) => item.metadata.name);
const shown = (watch: OpenWatch): readonly string[] =>
  watch.events.map(({ type, object }) => `${type} ${object.metadata.name}`);

describe('a paged list', () => {
  it('shows one revision over all its pages', async () => {
    await createAll(['a', 'b', 'c']);
    const first = await client.get(`${path}?limit=2`);
    expect([namesOf(first.body.items), first.body.metadata.remainingItemCount]).toEqual([['a', 'b'], 1]);
    await client.delete(`${path}/c`);
    await createAll(['bb']);
    const second = await client.get(`${path}?limit=2&continue=${first.body.metadata.continue ?? ''}`);
    expect(namesOf(second.body.items)).toEqual(['c']);
    expect(second.body.metadata.resourceVersion).toBe(first.body.metadata.resourceVersion);
  });

  it('is Expired once its revision is compacted', async () => {
    await createAll(['a', 'b', 'c']);
    const first = await client.get(`${path}?limit=2`);
    await createAll(['d']);
    server.compact();
    const { status, body } = await client.get(`${path}?limit=2&continue=${first.body.metadata.continue ?? ''}`);
    expect([status, body.reason]).toEqual([410, 'Expired']);
  });

  it('refuses a token that it did not make', async () => {
    expect((await client.get(`${path}?continue=abc`)).status).toBe(400);
  });
});

describe('a list at a resourceVersion', () => {
  it('is exact on demand, and otherwise at least as new', async () => {
    await createAll(['a']);
    const at = (await client.get(path)).body.metadata.resourceVersion;
    await createAll(['b']);
    const exact = await client.get(`${path}?resourceVersion=${at}&resourceVersionMatch=Exact`);
    const newer = await client.get(`${path}?resourceVersion=${at}&resourceVersionMatch=NotOlderThan`);
    expect([namesOf(exact.body.items), namesOf(newer.body.items)]).toEqual([['a'], ['a', 'b']]);
  });

  it('that is yet to come is a timeout', async () => {
    const { status, body } = await client.get(`${path}?resourceVersion=999999`);
    expect([status, body.reason]).toEqual([504, 'Timeout']);
  });
});

describe('selectors', () => {
  it.each([
    ['app=x', ['a']],
    ['app!=x', ['b', 'c']],
    ['app in (x, y)', ['a', 'b']],
    ['app notin (x),app', ['b']],
    ['!app', ['c']],
  ])('%s selects %j', async (selector, expected) => {
    await createAll(['a'], { app: 'x' });
    await createAll(['b'], { app: 'y' });
    await createAll(['c']);
    const { body } = await client.get(`${path}?labelSelector=${encodeURIComponent(selector)}`);
    expect(namesOf(body.items)).toEqual(expected);
  });

  it('by field know what the kind offers, and refuse the rest', async () => {
    await createAll(['a', 'b']);
    expect(namesOf((await client.get(`${path}?fieldSelector=metadata.name=b`)).body.items)).toEqual(['b']);
    const { status, body } = await client.get(`${path}?fieldSelector=data.x=1`);
    expect([status, body.message]).toEqual([
      400,
      '"data.x" is not a known field selector: only "metadata.name", "metadata.namespace"',
    ]);
  });
});

describe('a watch', () => {
  it('without a resourceVersion starts with what exists', async () => {
    await createAll(['a']);
    const watch = await client.watch(`${path}?watch=true`);
    await createAll(['b']);
    await client.delete(`${path}/a`);
    await env.time.settle();
    expect(shown(watch)).toEqual(['ADDED a', 'ADDED b', 'DELETED a']);
    watch.stop();
  });

  it('from a resourceVersion gets every later change, once and in order', async () => {
    await createAll(['a']);
    const at = (await client.get(path)).body.metadata.resourceVersion;
    await client.merge(`${path}/a`, { data: { x: '1' } });
    const watch = await client.watch(`${path}?watch=true&resourceVersion=${at}`);
    await client.merge(`${path}/a`, { data: { x: '2' } });
    await env.time.settle();
    expect(watch.events.map(({ object }) => object['data'])).toEqual([{ x: '1' }, { x: '2' }]);
    watch.stop();
  });

  it('shows an object that enters and leaves its selector as added and deleted', async () => {
    await createAll(['a']);
    const watch = await client.watch(`${path}?watch=true&labelSelector=on`);
    await client.merge(`${path}/a`, { metadata: { labels: { on: '1' } } });
    await client.merge(`${path}/a`, { metadata: { labels: { on: null } } });
    await env.time.settle();
    expect(shown(watch)).toEqual(['ADDED a', 'DELETED a']);
    watch.stop();
  });

  it('of forgotten history is Expired', async () => {
    await createAll(['a']);
    const at = (await client.get(path)).body.metadata.resourceVersion;
    await createAll(['b']);
    server.compact();
    expect(await onlyEvent(client, at)).toEqual(['ERROR', 410, 'Expired']);
  });

  it('forgets by itself what is older than its history', async () => {
    const small = createApiServer({ env, history: 2 });
    const other = new ApiClient(small.transport(adminUser));
    await other.post(path, configMap('a'));
    const at = (await other.get(path)).body.metadata.resourceVersion;
    for (let turn = 0; turn < 6; turn += 1) await other.merge(`${path}/a`, { data: { turn: String(turn) } });
    expect(await onlyEvent(other, at)).toEqual(['ERROR', 410, 'Expired']);
  });

  it('gets a bookmark each minute with the latest revision, and only when it asked', async () => {
    const start = (await client.get(path)).body.metadata.resourceVersion;
    const plain = await client.watch(`${path}?watch=true`);
    const marked = await client.watch(`${path}?watch=true&allowWatchBookmarks=true`);
    await client.post('/api/v1/namespaces/default/secrets', {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's' },
    });
    await env.time.advance(60_000);
    const latest = (await client.get(path)).body.metadata.resourceVersion;
    expect(plain.events).toEqual([]);
    // The first one says that what existed was told: nothing did.
    expect(marked.events.map(({ type, object }) => [type, object.metadata.resourceVersion])).toEqual([
      ['BOOKMARK', start],
      ['BOOKMARK', latest],
    ]);
    plain.stop();
    marked.stop();
  });

  it('gets a last bookmark two seconds before it is ended, so that the next one goes on from there', async () => {
    const { resourceVersion } = (await client.get(path)).body.metadata;
    const query = `timeoutSeconds=70&allowWatchBookmarks=true&resourceVersion=${resourceVersion}`;
    const watch = await client.watch(`${path}?watch=true&${query}`);
    const times: number[] = [];
    for (let second = 1; second <= 70; second += 1) {
      await env.time.advance(1000);
      if (watch.events.length > times.length) times.push(second);
    }
    expect([times, watch.isEnded]).toEqual([[60, 68], true]);
  });

  it('as a WatchList sends what exists and then says so', async () => {
    await createAll(['a', 'b']);
    const query = 'watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
    const watch = await client.watch(`${path}?${query}`);
    await env.time.settle();
    expect(watch.events.map(({ type }) => type)).toEqual(['ADDED', 'ADDED', 'BOOKMARK']);
    expect(watch.events[2]?.object.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' });
    watch.stop();
  });

  it('ends after timeoutSeconds, and leaves no timer behind', async () => {
    await env.time.advance(100);
    const pending = env.time.pending;
    const watch = await client.watch(`${path}?watch=true&timeoutSeconds=5&allowWatchBookmarks=true`);
    await env.time.advance(5000);
    expect([watch.isEnded, env.time.pending]).toEqual([true, pending]);
  });

  it('as a Table describes its columns once', async () => {
    const accept = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
    const tables = new ApiClient(server.transport(adminUser), accept);
    const watch = await tables.watch(`${path}?watch=true`);
    await createAll(['a', 'b']);
    await env.time.settle();
    const columns = watch.events.map(({ object }) => (object['columnDefinitions'] as readonly unknown[]).length);
    expect(columns).toEqual([3, 0]);
    watch.stop();
  });
});

describe('a representation', () => {
  it('leaves apiVersion and kind out of the items of built-in lists', async () => {
    await createAll(['a']);
    const { body } = await client.get(path);
    expect([body.kind, body.items[0]?.kind]).toEqual(['ConfigMapList', undefined]);
  });

  it('can be metadata only', async () => {
    await createAll(['a']);
    const { body } = await client.get(path, {
      accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io',
    });
    expect([body.kind, Object.keys(body.items[0] ?? {})]).toEqual([
      'PartialObjectMetadataList',
      ['apiVersion', 'kind', 'metadata'],
    ]);
  });

  it('of an unknown media type is refused', async () => {
    expect((await client.get(path, { accept: 'text/html' })).status).toBe(406);
  });
});
