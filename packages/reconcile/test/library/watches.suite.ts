import { describe, expect, it } from 'vitest';

import { ConfigMap } from '@canaryop/reconcile';
import { createCache } from '@canaryop/reconcile/cache';
import { compareResourceVersions } from '@canaryop/reconcile/object';

import { Greeting } from '../first-operator.ts';
import { namesOf, present, type Share, type Sharing } from './share.ts';
import type { Wire } from './wire.ts';

/** What informers make of what becomes of their watches. */
export function watchesSuite(share: Sharing): void {
  describe('an informer', () => {
    it.each([
      ['of a stream', true],
      ['of pages', false],
    ])('%s goes on where it was after a broken connection, without a list', (_, streamingLists) =>
      share(async (test) => {
        const wire = test.wire();
        const { told } = await test.watch(ConfigMap, scope(test), { connection: wire, streamingLists });
        await test.client.create(ConfigMap, labelled(test, 'a'));
        await test.until(() => told().length === 1);
        const lists = listsOf(wire);
        wire.cut();
        await test.client.create(ConfigMap, labelled(test, 'b'));
        wire.mend();
        await test.until(() => told().length === 2);
        expect(told()).toEqual(['added a', 'added b']);
        expect(listsOf(wire)).toBe(lists);
      })(),
    );

    it(
      'reads anew when the server no longer has its version, and tells what vanished, and what was re-created, by uid',
      share(async (test) => {
        const wire = test.wire();
        const { client, namespace } = test;
        // Of a kind that came later than the server, no history reaches back to its beginning.
        await test.install(Greeting);
        const create = (name: string) =>
          client.create(Greeting, {
            apiVersion: 'demo.io/v1',
            kind: 'Greeting',
            metadata: test.key(name),
            spec: { text: name },
          });
        const was = { a: await create('a'), b: await create('b') };
        const { informer, told } = await test.watch(Greeting, { namespace }, { connection: wire });
        expect([...told()].sort()).toEqual(['added a', 'added b']);
        const lists = listsOf(wire);
        wire.cut();
        for (const old of [was.a, was.b]) await client.delete(Greeting, old);
        for (const name of ['b', 'c']) await create(name);
        const from: string[] = [];
        wire.bendWatches = ({ searchParams }) => {
          if (searchParams.has('sendInitialEvents')) return;
          from.push(searchParams.get('resourceVersion') ?? '');
          // As one who was away for so long that the history which it needs is gone.
          if (from.length === 1) searchParams.set('resourceVersion', '1');
        };
        wire.mend();
        await test.until(() => told().length === 6);
        expect(wire.received).toContain('"reason":"Expired"');
        expect(listsOf(wire)).toBe(lists + 1);
        expect(told().slice(2).sort()).toEqual(['added b', 'added c', 'deleted a', 'deleted b']);
        expect(informer.problem).toBeUndefined();
      }),
    );

    it(
      'goes on from the bookmark with which the server ends a watch, past all that was not for it',
      share(async (test) => {
        const wire = test.wire();
        wire.bendWatches = ({ searchParams }) => {
          if (wire.watches.length === 0) searchParams.set('timeoutSeconds', '4');
        };
        const { informer } = await test.watch(ConfigMap, scope(test), { connection: wire });
        const other = await test.client.create(ConfigMap, test.configMap('not-selected'));
        // That it ended so early is a problem until the next watch is open.
        await test.until(() => wire.watches.length === 2 && informer.problem === undefined);
        const from = present(wire.watches[1]?.searchParams.get('resourceVersion') ?? undefined);
        expect(compareResourceVersions(from, present(other.metadata.resourceVersion))).toBeGreaterThanOrEqual(0);
        expect(listsOf(wire)).toBe(1);
      }),
    );

    it(
      'keeps what has the labels that it selects, and takes what loses them for deleted',
      share(async (test) => {
        const { names, told } = await test.watch(ConfigMap, scope(test));
        await test.client.create(ConfigMap, labelled(test, 'a'));
        await test.client.create(ConfigMap, test.configMap('b'));
        await test.until(() => names().length === 1);
        await test.client.patch(ConfigMap, await live(test, 'a'), { metadata: { labels: { app: 'else' } } });
        await test.until(() => names().length === 0);
        await test.client.patch(ConfigMap, await live(test, 'b'), { metadata: { labels: { app: 'watched' } } });
        await test.until(() => names().length === 1);
        expect(told()).toEqual(['added a', 'deleted a', 'added b']);
      }),
    );

    it(
      'keeps the one object that it selects by name, and nothing else that this process writes',
      share(async (test) => {
        const { server, client, namespace } = test;
        const { env, connection } = server;
        const cache = createCache({ env, connection, fieldManager: 'tester' });
        const { lister } = cache.informer(ConfigMap, { namespace, fieldSelector: 'metadata.name=mine' });
        const stop = new AbortController();
        test.atEnd(() => {
          stop.abort();
          return ended;
        });
        const ended = cache.start(stop.signal);
        for (const name of ['other', 'mine']) {
          const object = await client.create(ConfigMap, test.configMap(name));
          cache.observe({ type: 'written', kind: ConfigMap, object });
        }
        expect(namesOf(lister.list())).toEqual(['mine']);
        await client.delete(ConfigMap, await live(test, 'mine'));
        await test.until(() => lister.list().length === 0);
      }),
    );
  });
}

const scope = ({ namespace }: Share) => ({ namespace, labelSelector: 'app=watched' });
const labelled = (test: Share, name: string) => test.configMap(name, {}, { app: 'watched' });
const live = async (test: Share, name: string): Promise<ConfigMap> =>
  present(await test.client.get(ConfigMap, test.key(name)));

/** Full lists that were asked for: in pages, or as the first part of a watch. */
function listsOf({ reads, watches }: Wire): number {
  const streamed = watches.filter(({ searchParams }) => searchParams.get('sendInitialEvents') === 'true');
  const paged = reads.filter(({ searchParams }) => !searchParams.has('continue'));
  return streamed.length + paged.length;
}
