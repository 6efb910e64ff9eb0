import { describe, expect, it } from 'vitest';

import { ConfigMap, setCondition } from '@canaryop/reconcile';
import { createOrApply, isAlreadyExists, isConflict, isInvalid } from '@canaryop/reconcile/client';
import { Deployment } from '@canaryop/reconcile/kinds';
import type { KubernetesObject } from '@canaryop/reconcile/object';

import { Greeting } from '../first-operator.ts';
import { present, type Share, type Sharing } from './share.ts';

/** Every write is conditional, owns its fields, and is not sent when it would change nothing. */
export function writesSuite(share: Sharing): void {
  describe('writes', () => {
    it(
      'are refused when they were decided on an old state, and when the name is taken',
      share(async (test) => {
        const { client } = test;
        const old = await client.create(ConfigMap, test.configMap('stale', { text: '1' }));
        const fresh = await client.patch(ConfigMap, old, { data: { text: '2' } });
        const desired = test.configMap('stale', { text: '3' });
        await expect(client.patch(ConfigMap, old, { data: { text: '3' } })).rejects.toSatisfy(isConflict);
        await expect(client.apply(ConfigMap, old, desired)).rejects.toSatisfy(isConflict);
        await expect(client.create(ConfigMap, desired)).rejects.toSatisfy(isAlreadyExists);
        expect((await client.get(ConfigMap, test.key('stale')))?.data).toEqual({ text: '2' });
        await client.delete(ConfigMap, fresh);
        await client.delete(ConfigMap, fresh);
        expect(await client.get(ConfigMap, test.key('stale'))).toBeUndefined();
      }),
    );

    it(
      'that delete mean one incarnation: its successor of the same name stays',
      share(async (test) => {
        const { client } = test;
        const old = await client.create(ConfigMap, test.configMap('again'));
        await client.delete(ConfigMap, old);
        const { metadata } = await client.create(ConfigMap, test.configMap('again'));
        await client.delete(ConfigMap, old);
        expect((await client.get(ConfigMap, test.key('again')))?.metadata.uid).toBe(metadata.uid);
      }),
    );

    it(
      'make what is installed without a cache exist as desired, and are sent where there is something to change',
      share(async (test) => {
        const wire = test.wire();
        const client = test.clientOn(wire);
        for (const [text, writes] of [
          ['1', 1],
          ['1', 1],
          ['2', 2],
        ] as const) {
          const installed = await createOrApply(client, ConfigMap, test.configMap('installed', { text }));
          expect(installed.data).toEqual({ text });
          expect(wire.writes).toHaveLength(writes);
        }
      }),
    );

    it(
      'apply what is desired, once, and remove what is desired no more, also what the first POST wrote',
      share(async (test) => {
        const wire = test.wire();
        const client = test.clientOn(wire);
        const made = await client.create(ConfigMap, test.configMap('applied', { text: '1', first: '0' }));
        const desired = test.configMap('applied', { text: '1', more: '2' });
        const both = await client.apply(ConfigMap, made, desired);
        expect(both.data).toEqual({ text: '1', more: '2' });
        const count = wire.writes.length;
        expect(await client.apply(ConfigMap, both, desired)).toBe(both);
        expect(wire.writes).toHaveLength(count);
        const one = await client.apply(ConfigMap, both, test.configMap('applied', { text: '1' }));
        expect(one.data).toEqual({ text: '1' });
      }),
    );

    it(
      'own what they apply under their field manager, take it back from others, and leave what others added',
      share(async (test) => {
        const other = test.clientOn(test.server.connection, 'other');
        const made = await test.client.create(ConfigMap, test.configMap('owned', { mine: '1' }));
        const touched = await other.patch(ConfigMap, made, { data: { mine: '9', theirs: '2' } });
        const taken = await test.client.apply(ConfigMap, touched, test.configMap('owned', { mine: '1' }));
        expect(taken.data).toEqual({ mine: '1', theirs: '2' });
        expect(dataFieldsOf(taken)).toEqual({ 'tester Apply': ['f:mine'], 'other Update': ['f:theirs'] });
        const without = await test.client.apply(ConfigMap, taken, test.configMap('owned', {}));
        expect(without.data).toEqual({ theirs: '2' });
      }),
    );

    it(
      'scale without owning the count, which an apply leaves alone afterwards',
      share(async (test) => {
        const { client } = test;
        await client.create(Deployment, deployment(test, 'nginx:1'));
        const scaled = await onNewest(test, (made) => client.scale(Deployment, made, 0));
        const live = present(await client.get(Deployment, test.key('web')));
        expect([scaled.spec?.replicas, scaled.metadata.generation]).toEqual([0, live.metadata.generation]);
        await onNewest(test, (newest) => client.apply(Deployment, newest, deployment(test, 'nginx:2')));
        expect((await client.get(Deployment, test.key('web')))?.spec?.replicas).toBe(0);
      }),
    );

    it(
      'of status change nothing else, are not sent for what is there, and tell a stale view',
      share(async (test) => {
        const wire = test.wire();
        const client = test.clientOn(wire);
        await test.install(Greeting);
        const made = await client.create(Greeting, greeting(test, 'hello'));
        const ready = { type: 'Ready', status: 'True', reason: 'Seen', message: 'it was seen' } as const;
        const conditions = setCondition(undefined, ready, test.server.env.clock.now());
        const ignored = await client.patch(Greeting, made, { status: { conditions } });
        expect(ignored.status).toBeUndefined();
        const written = await client.updateStatus(Greeting, ignored, { conditions });
        expect(written.status?.conditions).toEqual(conditions);
        expect([written.spec, written.metadata.generation]).toEqual([{ text: 'hello' }, 1]);
        const count = wire.writes.length;
        expect(await client.updateStatus(Greeting, written, { conditions })).toBe(written);
        expect(wire.writes).toHaveLength(count);
        await client.confirm(Greeting, written);
        expect((await client.get(Greeting, test.key('a')))?.metadata.resourceVersion).toBe(
          written.metadata.resourceVersion,
        );
        await expect(client.confirm(Greeting, made)).rejects.toSatisfy(isConflict);
        await expect(client.updateStatus(Greeting, made, {})).rejects.toSatisfy(isConflict);
        const changed = await client.patch(Greeting, written, { spec: { text: 'bye' } });
        expect([changed.metadata.generation, changed.status]).toEqual([2, written.status]);
      }),
    );

    it(
      'of what a definition forbids are refused with the name of the field, and defaults are filled in',
      share(async (test) => {
        await test.install(Greeting);
        const tooLong = test.client.create(Greeting, greeting(test, 'x'.repeat(101)));
        await expect(tooLong).rejects.toSatisfy(isInvalid);
        const causes = await tooLong.catch((error: unknown) => (error as ApiRefusal).details.causes);
        expect(causes).toEqual([expect.objectContaining({ field: 'spec.text' })]);
        const made = await test.client.create(Greeting, greeting(test, undefined));
        expect(made.spec.text).toBe('hello');
      }),
    );
  });
}

type Greeting = ReturnType<typeof Greeting.withDefaults>;

interface ApiRefusal {
  readonly details: { readonly causes: readonly unknown[] };
}

function greeting(test: Share, text: string | undefined) {
  return { apiVersion: 'demo.io/v1', kind: 'Greeting', metadata: test.key('a'), spec: { text } } as Greeting;
}

/** Without a count: whoever scales has it. */
function deployment(test: Share, image: string): Deployment {
  const labels = { app: 'web' };
  const spec = {
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'web', image }] } },
  };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: test.key('web'), spec };
}

/** Writes what is decided on the newest state: the Deployment's own controller writes its status meanwhile. */
async function onNewest<T>(test: Share, write: (live: Deployment) => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await write(present(await test.client.get(Deployment, test.key('web'))));
    } catch (error) {
      if (!isConflict(error)) throw error;
    }
  }
}

/** Which fields of its data are whose, by manager and operation. */
function dataFieldsOf(object: KubernetesObject): Readonly<Record<string, readonly string[]>> {
  const entries = (object.metadata.managedFields ?? []).map(({ manager, operation, fieldsV1 }) => {
    const fields = Object.keys(fieldsV1?.['f:data'] ?? {}).filter((field) => field !== '.');
    return [`${manager} ${operation}`, fields] as const;
  });
  return Object.fromEntries(entries.filter(([, fields]) => fields.length > 0));
}
