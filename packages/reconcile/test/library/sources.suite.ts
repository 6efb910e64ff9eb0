import { describe, expect, it } from 'vitest';

import { cacheOf, channelSource, ConfigMap, controller, enqueueMapped, pollingSource } from '@canaryop/reconcile';
import { Secret } from '@canaryop/reconcile/kinds';
import { recordingLogger } from '@canaryop/reconcile/testing';

import { grantAll } from './grants.ts';
import type { Share, Sharing } from './share.ts';

/** Notes which keys a controller is given, of those that a test is about. */
const noting = (seen: string[]) => (key: { readonly name: string }) => {
  if (key.name.startsWith('site-')) seen.push(key.name);
  return Promise.resolve();
};
const secret = (test: Share, name: string, labels: Readonly<Record<string, string>> = {}) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { ...test.key(name), labels },
  data: { key: 'c2VjcmV0' },
});

/** What wakes a controller, and what it keeps in memory. */
export function sourcesSuite(share: Sharing): void {
  describe('a source', () => {
    it(
      'that maps another kind finds who was meant before a change, and who is meant now',
      share(async (test) => {
        const seen: string[] = [];
        const users = controller('users')
          .watches(
            Secret,
            enqueueMapped(({ metadata }) => [{ namespace: test.namespace, name: `site-${metadata.labels?.['for']}` }]),
          )
          .reconcile(noting(seen));
        const { stop } = test.run({ namespaces: [test.namespace] }, users);
        await test.client.create(Secret, secret(test, 'a', { for: 'x' }));
        await test.until(() => seen.length === 1);
        await test.edit(Secret, 'a', { metadata: { labels: { for: 'y' } } });
        await test.until(() => seen.length === 3);
        await stop();
        expect(seen).toEqual(['site-x', 'site-x', 'site-y']);
      }),
    );

    it(
      'of another system wakes by its own word, and one that has none by being asked',
      share(async (test) => {
        const seen: string[] = [];
        const channel = channelSource('hooks');
        const answers = new Map([['site-polled', 1]]);
        const polling = pollingSource({
          name: 'dns',
          everyMs: 50,
          poll: () => Promise.resolve([...answers].map(([name, value]) => [test.key(name), value] as const)),
        });
        const outside = controller('outside').from(channel).from(polling).reconcile(noting(seen));
        const { stop } = test.run({ namespaces: [test.namespace] }, outside);
        await test.until(() => seen.length === 1);
        channel.send(test.key('site-told'));
        await test.until(() => seen.length === 2);
        answers.set('site-polled', 2);
        await test.until(() => seen.length === 3);
        await test.server.pause(300);
        await stop();
        expect(seen).toEqual(['site-polled', 'site-told', 'site-polled']);
      }),
    );
  });

  describe('a cache', () => {
    it(
      'keeps of a kind what was said, by labels, fields and namespaces, without what a transform takes away',
      share(async (test) => {
        const { namespace, client } = test;
        const wire = test.wire();
        const seen: string[] = [];
        const readers = controller('readers')
          .for(ConfigMap)
          .reads(Secret)
          .reconcile((key, { lister }) => {
            for (const { metadata, data } of lister(Secret).list())
              seen.push(`${metadata.name} ${Object.keys(data ?? {}).join(' ')}`);
            return noting([])(key);
          });
        const kinds = [
          cacheOf(Secret, {
            labelSelector: 'app=web',
            fieldSelector: 'type=Opaque',
            namespaces: [namespace],
            transform: ({ data: _data, ...rest }) => rest,
            indexes: { app: ({ metadata }) => [metadata.labels?.['app'] ?? ''] },
          }),
        ];
        await client.create(Secret, secret(test, 'mine', { app: 'web' }));
        await client.create(Secret, secret(test, 'other', { app: 'api' }));
        await client.create(Secret, { ...secret(test, 'typed', { app: 'web' }), type: 'demo.io/other' });
        await client.create(ConfigMap, test.configMap('site-a'));
        const { manager, stop } = test.run({ connection: wire, kinds }, readers);
        await test.until(() => seen.length > 0);
        expect(new Set(seen)).toEqual(new Set(['mine ']));
        expect(manager.informer(Secret).lister.byIndex('app', 'web')).toHaveLength(1);
        await manager.client.create(Secret, { ...secret(test, 'own', { app: 'web' }), type: 'demo.io/other' });
        expect(manager.informer(Secret).lister.get(test.key('own'))).toBeUndefined();
        await stop();
        const asked = [...wire.watches, ...wire.reads].filter(({ pathname }) => pathname.endsWith('/secrets'));
        expect(asked.map(({ pathname }) => pathname)).toEqual([`/api/v1/namespaces/${namespace}/secrets`]);
        expect(wire.received).not.toContain('demo.io/other');
      }),
    );
  });

  describe('a manager that checks its rights', () => {
    it(
      'names those that it lacks, at the start',
      share(async (test) => {
        const { namespace, server } = test;
        const { log, lines } = recordingLogger();
        const sites = controller('sites')
          .for(ConfigMap)
          .may({ resource: Secret, verbs: ['get'] })
          .reconcile(noting([]));
        await grantAll(test, 'half', [
          { resource: ConfigMap, verbs: ['list', 'watch'] },
          { resource: { group: '', plural: 'events' }, verbs: ['create', 'patch'] },
        ]);
        const connection = await server.connectionAs('half');
        const env = { ...server.env, log };
        const { stop } = test.run({ env, connection, namespaces: [namespace], checkPermissions: true }, sites);
        const found = () => lines.find(({ message }) => message.startsWith('this service account lacks rights'));
        await test.until(() => found() !== undefined);
        await stop();
        expect(found()?.fields).toMatchObject({ namespace, missing: ['get secrets'] });
      }),
    );
  });
}
