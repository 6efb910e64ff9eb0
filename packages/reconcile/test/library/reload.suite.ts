import { describe, expect, it } from 'vitest';

import { ConfigMap, controller, enqueueSelf } from '@canaryop/reconcile';
import { sleep } from '@canaryop/reconcile/env';
import { Secret } from '@canaryop/reconcile/kinds';

import type { Share, Sharing } from './share.ts';

const count = 50;

/** A controller of ConfigMaps that notes what it does, as one version of a program in development. */
function version(test: Share, seen: string[], name: string, workMs = 0) {
  return controller('sites')
    .for(ConfigMap)
    .workers(4)
    .reconcile(async (key, { signal }) => {
      if (!key.name.startsWith('site-')) return;
      seen.push(`${name} begins ${key.name}`);
      if (workMs > 0) await sleep(test.server.env.timers, workMs, signal);
      seen.push(`${name} ${signal.aborted ? 'is aborted at' : 'ends'} ${key.name}`);
    });
}

/** New code under the same caches. */
export function reloadSuite(share: Sharing): void {
  describe('a reload', () => {
    it(
      'lets work in progress end, then reconciles everything by the new code, and asks the server for nothing',
      share(async (test) => {
        const wire = test.wire();
        for (let index = 0; index < count; index += 1) {
          await test.client.create(ConfigMap, test.configMap(`site-${index}`));
        }
        const seen: string[] = [];
        const { manager, stop } = test.run(
          { connection: wire, namespaces: [test.namespace] },
          version(test, seen, 'old', 200),
        );
        await test.until(() => seen.length >= 4);
        const requests = wire.reads.length + wire.watches.length;
        await test.settled(manager.reload([version(test, seen, 'new')]));
        const firstNew = seen.findIndex((line) => line.startsWith('new'));
        const isNew = (): boolean => seen.filter((line) => line.startsWith('new ends')).length === count;
        await test.until(isNew);
        await stop();
        const before = seen.slice(0, firstNew);
        const [begun, ended] = ['begins', 'ends'].map((what) =>
          before.filter((line) => line.startsWith(`old ${what}`)),
        );
        expect(begun?.length).toBe(ended?.length);
        expect(seen.slice(firstNew).filter((line) => line.startsWith('old'))).toEqual([]);
        expect(seen.filter((line) => line.includes('aborted'))).toEqual([]);
        expect(wire.reads.length + wire.watches.length).toBe(requests);
      }),
    );

    it(
      'brings new controllers, and new kinds with their informers, and takes away what is no longer there',
      share(async (test) => {
        const { namespace, client } = test;
        const seen: string[] = [];
        const { manager, stop } = test.run({ namespaces: [namespace] }, version(test, seen, 'old'));
        await client.create(ConfigMap, test.configMap('site-1'));
        await test.until(() => seen.includes('old ends site-1'));
        const secrets = controller('secrets')
          .for(Secret)
          .reconcile((key) => {
            seen.push(`secret ${key.name}`);
            return Promise.resolve();
          });
        await test.settled(manager.reload([secrets]));
        await client.create(Secret, { apiVersion: 'v1', kind: 'Secret', metadata: test.key('a') });
        await client.create(ConfigMap, test.configMap('site-2'));
        await test.until(() => seen.includes('secret a'));
        await test.settled(manager.reload([secrets, version(test, seen, 'newer')]));
        await test.until(() => seen.includes('newer ends site-2'));
        await stop();
        expect(seen).not.toContain('old begins site-2');
      }),
    );

    it(
      'that cannot be built changes nothing',
      share(async (test) => {
        const seen: string[] = [];
        const { manager, stop } = test.run({ namespaces: [test.namespace] }, version(test, seen, 'old'));
        const broken = controller('sites').watches(ConfigMap, enqueueSelf).workers(0);
        await expect(manager.reload([broken.reconcile(() => Promise.resolve())])).rejects.toThrow('workers must be');
        await test.client.create(ConfigMap, test.configMap('site-1'));
        await test.until(() => seen.includes('old ends site-1'));
        await stop();
      }),
    );
  });
}
