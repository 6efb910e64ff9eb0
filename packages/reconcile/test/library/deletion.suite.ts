import { describe, expect, it } from 'vitest';

import { ConfigMap, controller, controllerReference, withFinalizer } from '@canaryop/reconcile';
import { isBeingDeleted } from '@canaryop/reconcile/finalizers';

import { present, type Share, type Sharing } from './share.ts';

const finalizer = 'demo.io/cleanup';
const another = 'demo.io/hold';

/** How objects go: after clean-up, and with those who belong to them. */
export function deletionSuite(share: Sharing): void {
  describe('deletion', () => {
    it(
      'waits for the clean-up, tries it again when it fails, and for the finalizers of others',
      share(async (test) => {
        const { client, namespace } = test;
        const cleanUps: string[] = [];
        const cleaner = controller('cleaner')
          .for(ConfigMap)
          .reconcile(async (key, context) => {
            const object = context.lister(ConfigMap).get(key);
            if (object?.metadata.labels?.['clean'] === undefined) return;
            const options = { client: context.client, kind: ConfigMap, live: object, finalizer };
            await withFinalizer(options, () => {
              cleanUps.push(key.name);
              return cleanUps.length === 1 ? Promise.reject(new Error('not yet')) : Promise.resolve();
            });
          });
        test.run({ namespaces: [namespace] }, cleaner);
        const { informer } = await test.watch(ConfigMap, { namespace });
        const finalizers = () => informer.lister.get(test.key('a'))?.metadata.finalizers;
        const held = test.configMap('a', {}, { clean: 'yes' });
        await client.create(ConfigMap, { ...held, metadata: { ...held.metadata, finalizers: [another] } });
        await test.until(() => finalizers()?.includes(finalizer) === true);
        expect(finalizers()).toEqual([another, finalizer]);
        await client.delete(ConfigMap, await live(test, 'a'));
        await test.until(() => finalizers()?.includes(finalizer) === false);
        expect(cleanUps).toEqual(['a', 'a']);
        const last = await live(test, 'a');
        expect([isBeingDeleted(last), last.metadata.finalizers]).toEqual([true, [another]]);
        await client.patch(ConfigMap, last, { metadata: { finalizers: null } });
        await test.until(() => informer.lister.get(test.key('a')) === undefined);
      }),
    );

    it(
      'of an owner takes along what it controls, and nothing else',
      share(async (test) => {
        const { names } = await test.watch(ConfigMap, selection(test));
        await family(test);
        await test.client.delete(ConfigMap, await live(test, 'owner'));
        await test.until(() => !names().includes('child'));
        expect(names()).toEqual(['stranger']);
      }),
    );

    it(
      'in the foreground leaves the owner until its dependents are gone',
      share(async (test) => {
        const { client } = test;
        const { informer } = await test.watch(ConfigMap, selection(test));
        const { child } = await family(test);
        await client.patch(ConfigMap, child, { metadata: { finalizers: [another] } });
        await client.delete(ConfigMap, await live(test, 'owner'), { propagation: 'Foreground' });
        const seen = (name: string): ConfigMap | undefined => informer.lister.get(test.key(name));
        await test.until(() => seen('child') !== undefined && isBeingDeleted(present(seen('child'))));
        expect(seen('owner')?.metadata.finalizers).toEqual(['foregroundDeletion']);
        await client.patch(ConfigMap, await live(test, 'child'), { metadata: { finalizers: null } });
        await test.until(() => seen('owner') === undefined && seen('child') === undefined);
      }),
    );

    it(
      'can leave dependents behind, which then belong to nobody',
      share(async (test) => {
        const { informer } = await test.watch(ConfigMap, selection(test));
        await family(test);
        await test.client.delete(ConfigMap, await live(test, 'owner'), { propagation: 'Orphan' });
        await test.until(() => informer.lister.get(test.key('owner')) === undefined);
        expect((await live(test, 'child')).metadata.ownerReferences).toBeUndefined();
      }),
    );
  });
}

const selection = ({ namespace }: Share) => ({ namespace, labelSelector: 'app=family' });
const live = async (test: Share, name: string): Promise<ConfigMap> =>
  present(await test.client.get(ConfigMap, test.key(name)));

/** An owner, what it controls, and what it does not. */
async function family(test: Share): Promise<{ readonly child: ConfigMap }> {
  const member = (name: string) => test.configMap(name, {}, { app: 'family' });
  const owner = await test.client.create(ConfigMap, member('owner'));
  const { metadata, ...rest } = member('child');
  const ownerReferences = [controllerReference(owner)];
  const child = await test.client.create(ConfigMap, { ...rest, metadata: { ...metadata, ownerReferences } });
  await test.client.create(ConfigMap, member('stranger'));
  return { child };
}
