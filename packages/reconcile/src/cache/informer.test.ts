import { describe, expect, it } from 'vitest';

import {
  begin,
  bookmark,
  event,
  list,
  names,
  status,
  widget,
  widgets,
  world,
  type Widget,
} from '../../test/widget-world.ts';
import {
  ScriptedStream,
  ScriptedTransport,
  type RecordedRequest,
  type ScriptedAnswer,
} from '../testing/scripted-transport.ts';
import type { ObjectChange } from './cache.ts';
import { createCache } from './informer-cache.ts';

describe('an informer', () => {
  it('lists in pages of 500, then watches from there with bookmarks', async () => {
    const w = world({
      list: (request) =>
        request.query['continue'] === 'p2' ? list(100, [widget('b', 20)]) : list(100, [widget('a', 10)], 'p2'),
    });
    await begin(w);
    expect(names(w.informer)).toEqual(['a', 'b']);
    expect(w.informer.hasSynced).toBe(true);
    expect(w.lists().map((request) => request.query)).toEqual([{ limit: '500' }, { limit: '500', continue: 'p2' }]);
    expect(w.watches()[0]?.query).toMatchObject({ resourceVersion: '100', allowWatchBookmarks: 'true' });
    expect(w.transport.requests[0]?.path).toBe('/apis/demo.io/v1/widgets');
    expect(await w.cache.synced()).toBe(true);
  });

  it('never shows half a list', async () => {
    const w = world({
      list: (request, count) => (count === 0 ? list(100, [widget('a', 10)], 'p2') : status(500, 'InternalError')),
    });
    await begin(w);
    expect(names(w.informer)).toEqual([]);
    expect(w.informer.hasSynced).toBe(false);
  });

  it('begins again when a continue token expires between two pages', async () => {
    const w = world({
      list: (request, count) => {
        if (count === 0) return list(100, [widget('a', 10)], 'p2');
        return count === 1 ? status(410, 'Expired') : list(120, [widget('b', 110)]);
      },
    });
    await begin(w);
    expect(names(w.informer)).toEqual(['b']);
    expect(w.watches()[0]?.query['resourceVersion']).toBe('120');
  });

  it.each([
    [
      'a 500 on list',
      { list: (_: RecordedRequest, count: number) => (count === 0 ? status(500, 'InternalError') : list(100)) },
    ],
    [
      'a reset while listing',
      {
        list: (_: RecordedRequest, count: number) => {
          if (count === 0) throw new Error('ECONNRESET');
          return list(100);
        },
      },
    ],
    [
      'a list that is not JSON',
      { list: (_: RecordedRequest, count: number) => (count === 0 ? { json: 'oops' } : list(100)) },
    ],
    [
      'a 500 on watch',
      {
        watch: (_: RecordedRequest, count: number) =>
          count === 0 ? status(500, 'InternalError') : { stream: new ScriptedStream() },
      },
    ],
    [
      'a 403 on watch',
      {
        watch: (_: RecordedRequest, count: number) =>
          count === 0 ? status(403, 'Forbidden') : { stream: new ScriptedStream() },
      },
    ],
  ])('survives %s: it says so, and tries again after a pause', async (_, script) => {
    const w = world(script);
    await begin(w);
    expect(w.informer.problem).toBeDefined();
    expect(w.lines[0]?.[0]).toBe('cache is not being kept up to date');
    await w.time.advance(2000);
    expect(w.informer.problem).toBeUndefined();
    expect(w.watches().length).toBeGreaterThan(0);
  });

  it('keeps trying for as long as the server is down', async () => {
    const w = world({
      list: () => {
        throw new Error('ECONNREFUSED');
      },
    });
    await begin(w);
    await w.time.advance(3_600_000);
    expect(w.informer.problem?.message).toContain('ECONNREFUSED');
    expect(w.lists().length).toBeGreaterThan(3600 / 45);
    expect(w.lists().length).toBeLessThan(3600 / 15 + 10);
  });

  it('stays away for as long as Retry-After says', async () => {
    const w = world({
      list: (_, count) => (count === 0 ? status(429, 'TooManyRequests', { 'retry-after': '20' }) : list(100)),
    });
    await begin(w);
    await w.time.advance(19_999);
    expect(w.lists()).toHaveLength(1);
    await w.time.advance(1);
    expect(w.lists()).toHaveLength(2);
  });

  it('goes on where it was after a broken connection, without a list', async () => {
    const w = world();
    await begin(w);
    w.streams[0]?.send(event('ADDED', widget('a', 101)));
    await w.time.settle();
    w.streams[0]?.fail(new Error('ECONNRESET'));
    await w.time.advance(2000);
    expect(w.lists()).toHaveLength(1);
    expect(w.watches().map((request) => request.query['resourceVersion'])).toEqual(['100', '101']);
  });

  it('replaces a watch that has been silent for 75 s, but leaves one alone that gets a bookmark each minute', async () => {
    const w = world();
    await begin(w);
    for (let minute = 1; minute <= 10; minute += 1) {
      await w.time.advance(60_000);
      w.streams[0]?.send(bookmark(100 + minute));
      await w.time.settle();
    }
    expect(w.watches()).toHaveLength(1);
    await w.time.advance(74_999);
    expect(w.watches()).toHaveLength(1);
    expect(w.streams[0]?.isOpen).toBe(true);
    await w.time.advance(3000);
    expect(w.streams[0]?.isOpen).toBe(false);
    expect(w.watches().map((request) => request.query['resourceVersion'])).toEqual(['100', '110']);
  });

  it('gives up a request that gets no answer at all', async () => {
    const w = world();
    const silent = new ScriptedTransport(() => new Promise(() => undefined));
    const cache = createCache({
      env: w.env,
      connection: { ...w.connection, transport: silent },
      fieldManager: 'tester',
      streamingLists: false,
    });
    const informer = cache.informer(widgets);
    cache.start(w.stop.signal).catch(() => undefined);
    await w.time.advance(76_500);
    expect(informer.problem).toEqual({ reason: 'Unreachable', message: 'no data for 75 s' });
    expect(silent.requests).toHaveLength(2);
  });

  it('lists again when its version is gone, in an ERROR event or as a status', async () => {
    const w = world({
      list: (_, count) => list(100 + count, [widget('a', 90 + count)]),
      watch: (_, count) => (count === 1 ? status(410, 'Gone') : undefined) as ScriptedAnswer,
    });
    await begin(w);
    await w.time.advance(40_000);
    w.streams[0]?.send(
      event('ERROR', { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' }),
    );
    await w.time.advance(5000);
    expect(w.lists()).toHaveLength(3);
    expect(w.informer.problem).toBeUndefined();
    expect(w.informer.lister.get({ namespace: 'ns', name: 'a' })?.metadata.resourceVersion).toBe('92');
  });

  it('reports what vanished while it was away, and a re-creation under the same name, by uid', async () => {
    const w = world({
      list: (_, count) =>
        count === 0 ? list(100, [widget('a', 10), widget('b', 11)]) : list(200, [widget('b', 150, { uid: 'other' })]),
    });
    await begin(w);
    w.streams[0]?.send(event('ERROR', { kind: 'Status', code: 410, reason: 'Expired' }));
    await w.time.advance(1000);
    expect(
      w.changes.map(
        (change) => `${change.type} ${(change.type === 'deleted' ? change.previous : change.object).metadata.uid}`,
      ),
    ).toEqual(['added uid-a', 'added uid-b', 'deleted uid-a', 'deleted uid-b', 'added other']);
  });

  it('refuses a list from a server that lags behind, and asks for one that does not', async () => {
    const w = world({
      list: (request, count) => (count === 1 ? list(50) : list(count === 0 ? 100 : 101, [widget('a', 99)])),
    });
    await begin(w);
    w.streams[0]?.send(event('ERROR', { kind: 'Status', code: 410, reason: 'Expired' }));
    await w.time.settle();
    expect(names(w.informer)).toEqual(['a']);
    expect(w.informer.problem?.message).toContain('older state (50)');
    await w.time.advance(4000);
    expect(w.lists()[2]?.query).toMatchObject({ resourceVersion: '100', resourceVersionMatch: 'NotOlderThan' });
    expect(names(w.informer)).toEqual(['a']);
  });

  it('tells why it is not kept up to date in a word', async () => {
    const answers: readonly [number, string][] = [
      [404, 'NotInstalled'],
      [403, 'Forbidden'],
      [500, 'Refused'],
    ];
    for (const [code, reason] of answers) {
      const w = world({ list: () => status(code, 'Any') });
      await begin(w);
      expect(w.informer.problem?.reason).toBe(reason);
    }
  });

  it('refuses an event from the past', async () => {
    const w = world({ list: () => list(100, [widget('a', 99, { size: 9 })]) });
    await begin(w);
    w.streams[0]?.send(event('MODIFIED', widget('a', 98, { size: 8 })));
    await w.time.advance(2000);
    expect(w.informer.lister.get({ namespace: 'ns', name: 'a' })?.size).toBe(9);
    expect(w.watches()).toHaveLength(2);
  });

  it('lists again after a line that it cannot read', async () => {
    const w = world({ list: (_, count) => list(100 + count, count === 0 ? [] : [widget('lost', 101)]) });
    await begin(w);
    w.streams[0]?.sendBytes(new TextEncoder().encode('{"type":"ADDED","obj\n'));
    await w.time.advance(2000);
    expect(names(w.informer)).toEqual(['lost']);
  });

  it('reads an event whose text has U+2028 in it, cut in the middle of a character', async () => {
    const w = world();
    await begin(w);
    const bytes = new TextEncoder().encode(
      `${JSON.stringify(event('ADDED', widget('a', 101, { labels: { note: 'é\u2028é' } })))}\n`,
    );
    const cut = bytes.indexOf(0xc3) + 1;
    w.streams[0]?.sendBytes(bytes.subarray(0, cut));
    w.streams[0]?.sendBytes(bytes.subarray(cut));
    await w.time.settle();
    expect(w.informer.lister.get({ namespace: 'ns', name: 'a' })?.metadata.labels).toEqual({ note: 'é\u2028é' });
  });

  it('goes on when a handler throws: the other handlers and the cache do not notice', async () => {
    const w = world();
    const broken = (): void => {
      throw new Error('handler bug');
    };
    const seen: string[] = [];
    w.informer.onChange(broken);
    w.informer.onChange((change) => seen.push(change.type));
    await begin(w);
    w.streams[0]?.send(event('ADDED', widget('a', 101)), event('MODIFIED', widget('a', 102)));
    await w.time.settle();
    expect(seen).toEqual(['added', 'updated']);
    expect(w.lines).toContainEqual(['an informer handler threw', { error: 'handler bug' }]);
    expect(w.informer.lister.get({ namespace: 'ns', name: 'a' })?.metadata.resourceVersion).toBe('102');
    expect(w.watches()).toHaveLength(1);
  });

  it('has changed the cache before it tells a handler, and tells of one event at a time, in order', async () => {
    const w = world();
    const seen: (number | undefined)[] = [];
    w.informer.onChange(() => seen.push(w.informer.lister.get({ namespace: 'ns', name: 'a' })?.size));
    await begin(w);
    w.streams[0]?.send(
      event('ADDED', widget('a', 101, { size: 1 })),
      event('MODIFIED', widget('a', 102, { size: 2 })),
      event('DELETED', widget('a', 103)),
    );
    await w.time.settle();
    expect(seen).toEqual([1, 2, undefined]);
  });

  it('refuses to start twice, and opens one watch only', async () => {
    const w = world();
    await begin(w);
    await expect(w.cache.start(w.stop.signal)).rejects.toThrow('started before');
    expect(w.watches()).toHaveLength(1);
  });

  it.each(['while listing', 'while watching', 'while waiting'])(
    'leaves nothing behind when it is stopped %s',
    async (when) => {
      const never = new Promise<ScriptedAnswer>(() => undefined);
      const w = world(when === 'while waiting' ? { list: () => status(500, 'InternalError') } : {});
      const transport = when === 'while listing' ? new ScriptedTransport(() => never) : w.transport;
      const cache = createCache({
        env: w.env,
        connection: { ...w.connection, transport },
        fieldManager: 'tester',
        streamingLists: false,
      });
      cache.informer(widgets);
      const ended = cache.start(w.stop.signal);
      await w.time.settle();
      const before = transport.requests.length;
      w.stop.abort();
      await ended;
      expect(w.time.pending).toBe(0);
      expect(w.streams.every((stream) => !stream.isOpen)).toBe(true);
      expect(transport.requests).toHaveLength(before);
    },
  );

  it('tells a handler that comes late of what is there', async () => {
    const w = world({ list: () => list(100, [widget('a', 10)]) });
    await begin(w);
    const late: ObjectChange<Widget>[] = [];
    const leave = w.informer.onChange((change) => late.push(change));
    leave();
    w.streams[0]?.send(event('ADDED', widget('b', 101)));
    await w.time.settle();
    expect(late).toMatchObject([{ type: 'added', isInitialList: true, object: { metadata: { name: 'a' } } }]);
  });

  it('hands out the same frozen object until it changes, without the managedFields of others', async () => {
    const managedFields = [
      { manager: 'kubelet', operation: 'Update', fieldsV1: { 'f:status': {} } },
      { manager: 'tester', operation: 'Apply', fieldsV1: { 'f:spec': {} } },
    ];
    const plain = widget('a', 10);
    const w = world({
      list: () => list(100, [{ ...plain, metadata: { ...plain.metadata, managedFields }, unknownField: 1 }]),
    });
    await begin(w);
    const first = w.informer.lister.get({ namespace: 'ns', name: 'a' });
    expect(first).toEqual({
      ...plain,
      metadata: { ...plain.metadata, managedFields: [managedFields[1]] },
      unknownField: 1,
    });
    expect(Object.isFrozen(first?.metadata.managedFields?.[0])).toBe(true);
    expect(w.informer.lister.list()[0]).toBe(first);
  });

  it('keeps of other managers which of them have the fields that are asked for', async () => {
    const plain = widget('a', 10);
    const managedFields = [
      { manager: 'scaler', operation: 'Update', fieldsV1: { 'f:spec': { 'f:replicas': {}, 'f:other': {} } } },
      { manager: 'kubelet', operation: 'Update', fieldsV1: { 'f:status': {} } },
    ];
    const object = { ...plain, metadata: { ...plain.metadata, managedFields } };
    const w = world({ list: () => list(100, [object]) }, { managersOf: [['spec', 'replicas']] });
    await begin(w);
    expect(w.informer.lister.list()[0]?.metadata.managedFields).toEqual([
      { manager: 'scaler', operation: 'Update', fieldsV1: { 'f:spec': { 'f:replicas': {} } } },
    ]);
  });

  it('keeps an object whole when its transform throws, and goes on', async () => {
    const w = world(
      { list: () => list(100, [widget('a', 10, { size: 1 }), widget('b', 11, { size: 2 })]) },
      {
        transform: (object) => {
          if (object.size === 1) throw new Error('bad');
          return { ...object, size: 20 };
        },
      },
    );
    await begin(w);
    expect(w.informer.lister.list().map((object) => object.size)).toEqual([1, 20]);
  });

  it('fills in apiVersion and kind, which a list of built-in objects leaves out', async () => {
    const { metadata } = widget('a', 10);
    const w = world({ list: () => list(100, [{ metadata }]) });
    await begin(w);
    expect(w.informer.lister.list()[0]).toMatchObject({ apiVersion: 'demo.io/v1', kind: 'Widget' });
  });
});

describe('an informer that streams its list', () => {
  it('asks once, shows everything together when the list has ended, and goes on in the same stream', async () => {
    const w = world({}, {}, true);
    await begin(w);
    w.streams[0]?.send(event('ADDED', widget('b', 20)), event('ADDED', widget('a', 10)));
    await w.time.settle();
    expect([names(w.informer), w.informer.hasSynced]).toEqual([[], false]);
    w.streams[0]?.send(bookmark(100, true), event('MODIFIED', widget('a', 101, { size: 2 })));
    await w.time.settle();
    expect([names(w.informer), w.informer.hasSynced]).toEqual([['a', 'b'], true]);
    expect(w.changes.map((change) => change.type)).toEqual(['added', 'added', 'updated']);
    expect(w.changes.map((change) => change.type === 'added' && change.isInitialList)).toEqual([true, true, false]);
    expect(w.transport.requests).toHaveLength(1);
    expect(w.transport.requests[0]?.query).toMatchObject({
      watch: 'true',
      sendInitialEvents: 'true',
      resourceVersionMatch: 'NotOlderThan',
      resourceVersion: '',
      allowWatchBookmarks: 'true',
    });
  });

  it('reconnects after it without a list, and lists by stream again when its version is gone', async () => {
    const w = world({}, {}, true);
    await begin(w);
    w.streams[0]?.send(event('ADDED', widget('a', 10)), bookmark(100, true));
    await w.time.settle();
    w.streams[0]?.fail(new Error('ECONNRESET'));
    await w.time.advance(2000);
    w.streams[1]?.send(event('ERROR', { kind: 'Status', code: 410, reason: 'Expired' }));
    await w.time.advance(3000);
    w.streams[2]?.send(bookmark(200, true));
    await w.time.settle();
    expect(w.watches().map(({ query }) => [query['resourceVersion'], query['sendInitialEvents']])).toEqual([
      ['', 'true'],
      ['100', undefined],
      ['100', 'true'],
    ]);
    expect(w.changes.map((change) => change.type)).toEqual(['added', 'deleted']);
  });

  it('takes pages from a server that does not know streams, at once', async () => {
    const refusal = status(422, 'Invalid');
    const script = {
      watch: (request: RecordedRequest) =>
        request.query['sendInitialEvents'] ? refusal : { stream: new ScriptedStream() },
    };
    const w = world({ ...script, list: () => list(100, [widget('a', 10)]) }, {}, true);
    await begin(w);
    expect(names(w.informer)).toEqual(['a']);
    expect(w.informer.problem).toBeUndefined();
  });

  it('takes pages from a server that never ends the list', async () => {
    const w = world({ list: () => list(100, [widget('a', 10)]) }, {}, true);
    await begin(w);
    w.streams[0]?.send(event('ADDED', widget('a', 10)));
    await w.time.advance(77_000);
    expect(names(w.informer)).toEqual(['a']);
    expect(w.informer.hasSynced).toBe(true);
  });
});

describe('a cache', () => {
  it('gives the same informer for the same kind and scope, and another for another', () => {
    const w = world();
    expect(w.cache.informer(widgets)).toBe(w.informer);
    expect(w.cache.informer(widgets, { namespace: 'ns' })).not.toBe(w.informer);
    expect(w.cache.informers()).toHaveLength(2);
  });

  it('refuses a second meaning of an index name', () => {
    const w = world({}, { indexes: { size: (object) => [String(object.size)] } });
    expect(() => w.cache.informer(widgets, { indexes: { size: () => [] } })).toThrow('declared already');
  });

  it('starts an informer at once that is declared while it runs', async () => {
    const w = world();
    await begin(w);
    const late = w.cache.informer(widgets, { namespace: 'ns', labelSelector: 'app=web' });
    expect(await w.cache.synced()).toBe(true);
    expect(late.hasSynced).toBe(true);
    expect(w.lists().at(-1)).toMatchObject({
      path: '/apis/demo.io/v1/namespaces/ns/widgets',
      query: { labelSelector: 'app=web' },
    });
  });

  it('watches only the namespaces that it is limited to, each by itself, and reads them as one', async () => {
    const w = world({
      list: ({ path }) =>
        list(
          100,
          path.includes('/namespaces/ns/')
            ? [widget('a', 10)]
            : [{ ...widget('b', 11), metadata: { ...widget('b', 11).metadata, namespace: 'other' } }],
        ),
    });
    const limits = { namespaces: ['ns', 'other'], streamingLists: false };
    const cache = createCache({ env: w.env, connection: w.connection, fieldManager: 'tester', ...limits });
    const both = cache.informer(widgets, { indexes: { size: (object) => [String(object.size)] } });
    const seen: string[] = [];
    const leave = both.onChange((change) => seen.push(change.type));
    expect(both.hasSynced).toBe(false);
    cache.start(w.stop.signal).catch(() => undefined);
    await w.time.settle();
    expect(w.lists().map((request) => request.path)).toEqual([
      '/apis/demo.io/v1/namespaces/ns/widgets',
      '/apis/demo.io/v1/namespaces/other/widgets',
    ]);
    expect([both.hasSynced, both.problem, seen]).toEqual([true, undefined, ['added', 'added']]);
    expect([names(both), both.lister.list('other').length, both.lister.list('elsewhere')]).toEqual([['a', 'b'], 1, []]);
    expect(both.lister.get({ namespace: 'other', name: 'b' })?.metadata.uid).toBe('uid-b');
    expect(both.lister.get({ namespace: 'elsewhere', name: 'b' })).toBeUndefined();
    expect(both.lister.byIndex('size', '1')).toHaveLength(2);
    leave();
    w.streams[0]?.send(event('ADDED', widget('c', 101)));
    await w.time.settle();
    expect([names(both), seen.length]).toEqual([['a', 'b', 'c'], 2]);
  });

  it('says that it has not synced when it is stopped before', async () => {
    const w = world({ list: () => status(403, 'Forbidden') });
    await begin(w);
    const synced = w.cache.synced(w.stop.signal);
    w.stop.abort();
    expect(await synced).toBe(false);
  });

  it('shows an answered write to readers at once, in the scopes that it belongs to', async () => {
    const w = world();
    const web = w.cache.informer(widgets, { labelSelector: 'app=web' });
    const elsewhere = w.cache.informer(widgets, { namespace: 'elsewhere' });
    await begin(w);
    const answer = widget('a', 101, { labels: { app: 'web' } });
    w.cache.observe({ type: 'written', kind: widgets, object: answer });
    expect([names(w.informer), names(web), names(elsewhere)]).toEqual([['a'], ['a'], []]);
    w.cache.observe({ type: 'written', kind: widgets, object: widget('a', 102, { labels: { app: 'api' } }) });
    expect([names(w.informer), names(web)]).toEqual([['a'], []]);
    w.cache.observe({ type: 'written', kind: widgets, object: widget('a', 103, { labels: { app: 'web' } }) });
    expect([names(w.informer), names(web)]).toEqual([['a'], ['a']]);
    w.cache.observe({
      type: 'deleted',
      kind: widgets,
      key: { namespace: 'ns', name: 'a' },
      uid: 'uid-a',
      resourceVersion: '103',
    });
    expect(names(w.informer)).toEqual([]);
    expect(w.changes).toEqual([]);
  });
});
