import { describe, expect, it } from 'vitest';

import { ConfigMap, type Lister } from '@canaryop/reconcile';

import { Shop, shops } from '../shop-operator.ts';
import { namesOf, present, type Share, type Sharing } from './share.ts';

async function open(test: Share) {
  await test.install(Shop);
  const wire = test.wire();
  const { namespace } = test;
  const running = test.run({ connection: wire, fieldManager: 'shops', namespaces: [namespace] }, shops);
  const { informer } = await test.watch(ConfigMap, { namespace, labelSelector: 'reconcile.canaryop.io/dependent' });
  const shopInformer = (await test.watch(Shop, { namespace })).informer;
  const manifest = { apiVersion: 'shops.demo.io/v1', kind: 'Shop', metadata: test.key('shop'), spec: {} };
  await test.client.create(Shop, Shop.withDefaults(manifest));
  const { lister }: { readonly lister: Lister<ConfigMap> } = informer;
  return {
    ...running,
    wire,
    names: () => namesOf(lister.list()),
    child: (name: string) => lister.get(test.key(`shop-${name}`)),
    condition: () => shopInformer.lister.get(test.key('shop'))?.status?.conditions?.[0],
    isGone: () => shopInformer.lister.get(test.key('shop')) === undefined,
  };
}

const makeReady = (test: Share): Promise<void> => test.edit(ConfigMap, 'shop-database', { data: { ready: 'yes' } });

/** Children that come after each other. */
export function dependentsSuite(share: Sharing): void {
  describe('dependents', () => {
    it(
      'are made one after the other, each when what it comes after is ready, and nothing is written at rest',
      share(async (test) => {
        const { wire, names, condition, child } = await open(test);
        await test.until(() => condition()?.status === 'False');
        expect(names()).toEqual(['shop-database']);
        expect(condition()).toMatchObject({
          reason: 'WaitingForDependents',
          message: expect.stringContaining(`database: ConfigMap ${test.namespace}/shop-database is not ready`),
        });
        await makeReady(test);
        await test.until(() => condition()?.status === 'True');
        expect(names()).toEqual(['shop-cache', 'shop-database', 'shop-web']);
        expect(child('web')?.data).toEqual({ text: 'hello', cache: 'shop-cache' });
        const written = wire.writes.length;
        // The finalizer, three children, and the condition twice.
        expect(written).toBe(6);
        await test.edit(Shop, 'shop', { metadata: { labels: { touched: 'yes' } } });
        await test.server.pause(500);
        expect(wire.writes).toHaveLength(written);
      }),
    );

    it(
      'that are no longer desired go, after what came after them does without',
      share(async (test) => {
        const { names, condition, child } = await open(test);
        await test.until(() => child('database') !== undefined);
        await makeReady(test);
        await test.until(() => condition()?.status === 'True');
        await test.edit(Shop, 'shop', { spec: { cached: false } });
        await test.until(() => names().length === 2);
        expect([names(), child('web')?.data?.['cache']]).toEqual([['shop-database', 'shop-web'], 'none']);
        await test.until(() => condition()?.status === 'True');
      }),
    );

    it(
      'are deleted in reverse order, and their owner goes last',
      share(async (test) => {
        const { names, condition, child, isGone } = await open(test);
        await test.until(() => child('database') !== undefined);
        await makeReady(test);
        await test.until(() => condition()?.status === 'True');
        await test.edit(ConfigMap, 'shop-cache', { metadata: { finalizers: ['demo.io/hold'] } });
        await test.client.delete(Shop, present(await test.client.get(Shop, test.key('shop'))));
        await test.until(() => child('cache')?.metadata.deletionTimestamp !== undefined);
        expect(names()).toEqual(['shop-cache', 'shop-database']);
        expect(child('database')?.metadata.deletionTimestamp).toBeUndefined();
        expect(isGone()).toBe(false);
        await test.edit(ConfigMap, 'shop-cache', { metadata: { finalizers: null } });
        await test.until(() => isGone());
        await test.until(() => names().length === 0);
      }),
    );

    it.each([1, 2, 3, 4, 5, 6])('come to the same end when the process dies before its write number %i', (dieBefore) =>
      share(async (test) => {
        await test.install(Shop);
        const { namespace } = test;
        const wire = test.wire();
        wire.diesBeforeWrite = dieBefore;
        const first = test.run({ connection: wire, fieldManager: 'shops', namespaces: [namespace] }, shops);
        const { informer } = await test.watch(ConfigMap, { namespace });
        const manifest = { apiVersion: 'shops.demo.io/v1', kind: 'Shop', metadata: test.key('shop'), spec: {} };
        await test.client.create(Shop, Shop.withDefaults(manifest));
        let isReadied = false;
        const ready = async (): Promise<void> => {
          if (isReadied || informer.lister.get(test.key('shop-database')) === undefined) return;
          isReadied = true;
          await makeReady(test);
        };
        if (dieBefore > 3) {
          await test.until(() => informer.lister.get(test.key('shop-database')) !== undefined);
          await ready();
        }
        await test.until(() => wire.isCut);
        await first.stop();
        const second = test.run({ fieldManager: 'shops', namespaces: [namespace] }, shops);
        await test.until(() => informer.lister.get(test.key('shop-database')) !== undefined);
        await ready();
        await test.until(() => informer.lister.get(test.key('shop-web')) !== undefined);
        await second.stop();
        expect(namesOf(informer.lister.list()).filter((name) => name.startsWith('shop-'))).toHaveLength(3);
      })(),
    );
  });
}
