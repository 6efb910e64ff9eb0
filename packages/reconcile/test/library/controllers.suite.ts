import { describe, expect, it } from 'vitest';

import {
  ConfigMap,
  controller,
  controllerReference,
  createOrUpdate,
  defineKind,
  enqueueSelf,
  s,
} from '@canaryop/reconcile';
import { createCache } from '@canaryop/reconcile/cache';
import { isConflict } from '@canaryop/reconcile/client';
import { metadataOnly, type KubernetesObject } from '@canaryop/reconcile/object';

import { definitions, present, type Share, type Sharing } from './share.ts';

const Late = defineKind({ group: 'late.demo.io', version: 'v1', kind: 'Late', spec: s.object({}) });

/** What wakes a controller, and what becomes of its failures. */
export function controllersSuite(share: Sharing): void {
  describe('a controller', () => {
    it(
      'whose write met a conflict decides anew, on what is there then',
      share(async (test) => {
        const { namespace } = test;
        const failures: unknown[] = [];
        let hasInterfered = false;
        const stamper = controller('stamper')
          .for(ConfigMap)
          .reconcile(async (key, context) => {
            const live = context.lister(ConfigMap).get(key);
            if (key.name !== 'a' || live === undefined || live.data?.['stamp'] !== undefined) return;
            if (!hasInterfered) await test.edit(ConfigMap, 'a', { data: { text: 'other' } });
            hasInterfered = true;
            try {
              await context.client.patch(ConfigMap, live, { data: { stamp: live.data?.['text'] } });
            } catch (error) {
              failures.push(error);
              throw error;
            }
          });
        test.run({ namespaces: [namespace] }, stamper);
        const { informer } = await test.watch(ConfigMap, { namespace });
        await test.client.create(ConfigMap, test.configMap('a', { text: 'first' }));
        const data = () => informer.lister.get(test.key('a'))?.data;
        await test.until(() => data()?.['stamp'] !== undefined);
        expect(data()).toEqual({ text: 'other', stamp: 'other' });
        expect(failures.length).toBeGreaterThan(0);
        expect(failures.every(isConflict)).toBe(true);
      }),
    );

    it(
      'works while a kind of it is not installed, and with that kind when it comes',
      share(async (test) => {
        const { client, namespace } = test;
        const seen: string[] = [];
        const patient = controller('patient')
          .for(ConfigMap)
          .watches(Late, enqueueSelf)
          .optional(Late)
          .reconcile((key, { lister }) => {
            if (key.name === 'a') seen.push(lister(Late).get(key) === undefined ? 'without' : 'with');
            return Promise.resolve();
          });
        const { manager, stop } = test.run({ namespaces: [namespace] }, patient);
        await client.create(ConfigMap, test.configMap('a'));
        await test.until(() => seen.length === 1);
        expect(manager.informer(Late).problem?.reason).toBe('NotInstalled');
        await test.install(Late);
        await client.create(Late, { apiVersion: 'late.demo.io/v1', kind: 'Late', metadata: test.key('a'), spec: {} });
        await test.until(() => seen.includes('with'));
        expect(manager.informer(Late).problem).toBeUndefined();
        await stop();
        await client.delete(definitions, present(await client.get(definitions, { name: 'lates.late.demo.io' })));
      }),
    );

    it(
      'makes what is missing once, and never takes over what belongs to another, or to nobody',
      share(async (test) => {
        const { client, namespace, server } = test;
        const wire = test.wire();
        const cache = createCache({ env: server.env, connection: wire, fieldManager: 'tester' });
        const stop = new AbortController();
        const { lister } = cache.informer(ConfigMap, { namespace });
        const ended = cache.start(stop.signal);
        await test.settled(cache.synced());
        const context = { client: test.clientOn(wire), lister: () => lister as never, signal: stop.signal };
        const owners = {
          mine: await client.create(ConfigMap, test.configMap('mine')),
          other: await client.create(ConfigMap, test.configMap('other')),
        };
        const { object, operation } = await createOrUpdate(context, ConfigMap, child(test, 'child', owners.mine));
        expect(operation).toBe('created');
        await test.until(() => lister.get(test.key('child')) !== undefined);
        const again = await createOrUpdate(context, ConfigMap, child(test, 'child', owners.mine));
        expect([again.operation, again.object.metadata.uid]).toEqual(['unchanged', object.metadata.uid]);
        await client.create(ConfigMap, child(test, 'foreign', owners.other));
        await client.create(ConfigMap, test.configMap('orphan'));
        await test.until(() => lister.get(test.key('orphan')) !== undefined);
        const taken = (name: string) => createOrUpdate(context, ConfigMap, child(test, name, owners.mine));
        await expect(taken('foreign')).rejects.toThrow('is controlled by ConfigMap other');
        await expect(taken('orphan')).rejects.toThrow('has no controller');
        expect(wire.writes).toHaveLength(1);
        stop.abort();
        await test.settled(ended);
      }),
    );

    it(
      'is woken for the owner of what changes, and for no one else',
      share(async (test) => {
        const { client, namespace } = test;
        const seen: string[] = [];
        const owning = controller('owning')
          .for(metadataOnly(ConfigMap), ({ type }) => type === 'deleted')
          .owns(ConfigMap)
          .reconcile((key) => {
            seen.push(key.name);
            return Promise.resolve();
          });
        const { stop } = test.run({ namespaces: [namespace] }, owning);
        const mother = await client.create(ConfigMap, test.configMap('mother'));
        await client.create(ConfigMap, test.configMap('stranger'));
        const made = await client.create(ConfigMap, child(test, 'child', mother));
        await test.until(() => seen.length === 1);
        await client.patch(ConfigMap, made, { data: { text: 'changed' } });
        await test.until(() => seen.length === 2);
        await stop();
        expect(seen).toEqual(['mother', 'mother']);
      }),
    );

    it(
      'that declares metadata only cannot read the whole kind by accident',
      share(async (test) => {
        const wire = test.wire();
        const labels: (string | undefined)[] = [];
        const errors: unknown[] = [];
        const light = controller('light')
          .for(metadataOnly(ConfigMap))
          .reconcile((key, { lister }) => {
            if (key.name === 'a') labels.push(lister(metadataOnly(ConfigMap)).get(key)?.metadata.labels?.['app']);
            try {
              lister(ConfigMap);
            } catch (error) {
              errors.push(error);
            }
            return Promise.resolve();
          });
        const { stop } = test.run({ connection: wire, namespaces: [test.namespace] }, light);
        await test.client.create(ConfigMap, test.configMap('a', { text: 'heavy' }, { app: 'a' }));
        await test.until(() => labels.length > 0);
        await stop();
        expect(labels).toEqual(['a']);
        expect(String(errors[0])).toContain('without having declared it');
        expect(wire.received).not.toContain('heavy');
      }),
    );
  });
}

function child(test: Share, name: string, owner: KubernetesObject) {
  const { metadata, ...rest } = test.configMap(name, { text: 'hi' });
  return { ...rest, metadata: { ...metadata, ownerReferences: [controllerReference(owner)] } };
}
