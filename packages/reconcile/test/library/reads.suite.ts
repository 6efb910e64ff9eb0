import { describe, expect, it } from 'vitest';

import { ConfigMap } from '@canaryop/reconcile';
import { createCache } from '@canaryop/reconcile/cache';
import { createClient, isNotFound } from '@canaryop/reconcile/client';
import { metadataOnly, resourceKind } from '@canaryop/reconcile/object';

import { namesOf, type Share, type Sharing } from './share.ts';

/** More than a page, which has 500. */
const manyCount = 501;

/** What a client and an informer find on the server. */
export function readsSuite(share: Sharing): void {
  describe('reads', () => {
    it(
      'follow a list over its pages, by client and by informer, which shows it whole',
      share(async (test) => {
        await fill(test, manyCount);
        const wire = test.wire();
        const seen = await test
          .clientOn(wire)
          .list(ConfigMap, { namespace: test.namespace, labelSelector: 'app=many' });
        expect(seen).toHaveLength(manyCount);
        expect(wire.reads.map(({ searchParams }) => searchParams.has('continue'))).toEqual([false, true]);
        const sizes: number[] = [];
        const { env } = test.server;
        const cache = createCache({ env, connection: wire, fieldManager: 'tester', streamingLists: false });
        const informer = cache.informer(ConfigMap, { namespace: test.namespace, labelSelector: 'app=many' });
        informer.onChange(() => sizes.push(informer.lister.list().length));
        const stop = new AbortController();
        const ended = cache.start(stop.signal);
        await test.until(() => informer.hasSynced);
        stop.abort();
        await test.settled(ended);
        expect(new Set(sizes)).toEqual(new Set([manyCount]));
        expect(wire.reads.map(({ searchParams }) => searchParams.has('continue'))).toEqual([false, true, false, true]);
      }),
    );

    it(
      'select by labels and by fields',
      share(async (test) => {
        const { client, namespace } = test;
        await client.create(ConfigMap, test.configMap('a', {}, { tier: 'front' }));
        await client.create(ConfigMap, test.configMap('b', {}, { tier: 'back' }));
        await client.create(ConfigMap, test.configMap('c', {}, { tier: 'back', old: 'yes' }));
        const selected = async (selection: object): Promise<readonly string[]> =>
          namesOf(await client.list(ConfigMap, { namespace, ...selection }));
        expect(await selected({ labelSelector: 'tier=back' })).toEqual(['b', 'c']);
        expect(await selected({ labelSelector: 'tier in (front, back), !old' })).toEqual(['a', 'b']);
        expect(await selected({ fieldSelector: 'metadata.name=b' })).toEqual(['b']);
      }),
    );

    it(
      'give nothing for an object that is not there, and an error for a kind that is not',
      share(async (test) => {
        expect(await test.client.get(ConfigMap, test.key('none'))).toBeUndefined();
        const none = resourceKind({ group: 'demo.io', version: 'v1', kind: 'None', plural: 'nones' });
        await expect(test.client.get(none, test.key('none'))).rejects.toSatisfy(isNotFound);
        await expect(test.client.list(none)).rejects.toSatisfy(isNotFound);
      }),
    );

    it.each([
      ['by stream', true],
      ['in pages', false],
    ])('of metadata come %s and by watch without the rest, which not even crosses the network', (_, streamingLists) =>
      share((test) => readMetadata(test, streamingLists))(),
    );
  });
}

async function fill(test: Share, count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, index) => test.configMap(`many-${index}`, {}, { app: 'many' }));
  for (let start = 0; start < count; start += 50) {
    await Promise.all(rows.slice(start, start + 50).map((row) => test.client.create(ConfigMap, row)));
  }
}

async function readMetadata(test: Share, streamingLists: boolean): Promise<void> {
  const { namespace } = test;
  const wire = test.wire();
  const labels = { app: 'light' };
  await test.client.create(ConfigMap, test.configMap('a', { text: 'heavy' }, labels));
  const selection = { namespace, labelSelector: 'app=light' };
  const { env } = test.server;
  const cache = createCache({ env, connection: wire, fieldManager: 'tester', streamingLists });
  const client = createClient({
    env,
    connection: wire,
    fieldManager: 'tester',
    observe: (write) => cache.observe(write),
  });
  const informer = cache.informer(metadataOnly(ConfigMap), selection);
  const stop = new AbortController();
  const ended = cache.start(stop.signal);
  await test.until(() => informer.hasSynced);
  await test.client.create(ConfigMap, test.configMap('b', { text: 'heavy' }, labels));
  await test.until(() => informer.lister.list().length === 2);
  await client.create(ConfigMap, test.configMap('c', { text: 'heavy' }, labels));
  const seen = informer.lister.list();
  expect(seen.map((object) => Object.keys(object).sort())).toEqual(seen.map(() => ['apiVersion', 'kind', 'metadata']));
  expect(seen.map(({ kind, apiVersion, metadata }) => [apiVersion, kind, metadata.name, metadata.labels])).toEqual(
    ['a', 'b', 'c'].map((name) => ['v1', 'ConfigMap', name, labels]),
  );
  expect(await client.get(metadataOnly(ConfigMap), test.key('a'))).not.toHaveProperty('data');
  expect(await client.list(metadataOnly(ConfigMap), selection)).toHaveLength(3);
  stop.abort();
  await test.settled(ended);
  expect(wire.received).toContain('"app":"light"');
  expect(wire.received).not.toContain('heavy');
}
