import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ConfigMap, run } from '@canaryop/reconcile';
import { createCache } from '@canaryop/reconcile/cache';
import { createClient, isAlreadyExists, isConflict, type Client } from '@canaryop/reconcile/client';
import { metadataOnly, resourceKind, type KubernetesObject, type ResourceKind } from '@canaryop/reconcile/object';

import { greeter, Greeting } from './first-operator.ts';
import type { LibraryServer } from './library-server.ts';

const namespace = 'default';
const definitions = resourceKind<KubernetesObject & { readonly spec: unknown }>({
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
});
const configMap = (name: string, text: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace, name, labels: { app: name } },
  data: { text },
});

/** What the library promises, on whichever server `start` starts: simkube and a real one run the same tests. */
export function librarySuite(title: string, start: () => Promise<LibraryServer>): void {
  describe(`the library on ${title}`, () => {
    let server: LibraryServer;
    let client: Client;
    beforeAll(async () => {
      server = await start();
      const { env, connection } = server;
      client = createClient({ env, connection, fieldManager: 'tester' });
    });
    afterAll(async () => {
      await server.close();
    });

    it('runs a first operator: its child follows the text, and is repaired', async () => {
      await client.create(definitions, Greeting.crd());
      const { env, connection } = server;
      const stop = new AbortController();
      const cache = createCache({ env, connection, fieldManager: 'tester' });
      const [children, known] = [cache.informer(ConfigMap, { namespace }), cache.informer(definitions)];
      const watched = cache.start(stop.signal);
      await server.until(() => isEstablished(known.lister.list()));
      const metadata = { namespace, name: 'greeting' };
      await client.create(
        Greeting,
        Greeting.withDefaults({ apiVersion: 'demo.io/v1', kind: 'Greeting', metadata, spec: {} }),
      );
      const local = { address: '127.0.0.1:0' };
      // `run` closes the connection that it was given when it ends; the next test needs it.
      const transport = { ...connection.transport, close: () => Promise.resolve() };
      const cluster = { connection: { ...connection, transport }, namespace };
      const ended = run({
        fieldManager: 'greeter',
        controllers: [greeter],
        env,
        cluster,
        probes: local,
        metrics: local,
        signal: stop.signal,
      });
      const text = (): string | undefined => children.lister.get(metadata)?.data?.['text'];
      await server.until(() => text() === 'hello');
      await edit(client, Greeting, metadata, { spec: { text: 'bye' } });
      await server.until(() => text() === 'bye');
      await edit(client, ConfigMap, metadata, { data: { text: 'defaced' } });
      await server.until(() => text() === 'defaced' || text() === 'bye');
      await server.until(() => text() === 'bye');
      stop.abort();
      await Promise.all([ended, watched, server.pause(200)]);
    });

    it('refuses what was decided on an old state, and a name that is taken', async () => {
      const old = await client.create(ConfigMap, configMap('stale', '1'));
      const fresh = await client.patch(ConfigMap, old, { data: { text: '2' } });
      await expect(client.patch(ConfigMap, old, { data: { text: '3' } })).rejects.toSatisfy(isConflict);
      await expect(client.create(ConfigMap, configMap('stale', '4'))).rejects.toSatisfy(isAlreadyExists);
      expect((await client.get(ConfigMap, { namespace, name: 'stale' }))?.data).toEqual({ text: '2' });
      await client.delete(ConfigMap, fresh);
      await client.delete(ConfigMap, fresh);
      expect(await client.get(ConfigMap, { namespace, name: 'stale' })).toBeUndefined();
    });

    it('applies what is desired, once, and removes what is desired no more', async () => {
      const made = await client.create(ConfigMap, configMap('applied', '1'));
      const both = await client.apply(ConfigMap, made, {
        ...configMap('applied', '1'),
        data: { text: '1', more: '2' },
      });
      expect(both.data).toEqual({ text: '1', more: '2' });
      const again = await client.apply(ConfigMap, both, {
        ...configMap('applied', '1'),
        data: { text: '1', more: '2' },
      });
      expect(again).toBe(both);
      const one = await client.apply(ConfigMap, both, { ...configMap('applied', '1'), data: { text: '1' } });
      expect(one.data).toEqual({ text: '1' });
    });

    it('reads metadata alone where no more is asked for', async () => {
      await client.create(ConfigMap, configMap('light', 'heavy'));
      const seen = await client.get(metadataOnly(ConfigMap), { namespace, name: 'light' });
      expect(seen?.metadata.labels).toEqual({ app: 'light' });
      expect(seen).not.toHaveProperty('data');
    });
  });
}

function isEstablished(objects: readonly KubernetesObject[]): boolean {
  return objects.some((object) => {
    const { status } = object as { status?: { conditions?: readonly { type: string; status: string }[] } };
    return status?.conditions?.some((each) => each.type === 'Established' && each.status === 'True') === true;
  });
}

/** An edit beside the operator, which writes the same object: again when it came between. */
async function edit<T extends KubernetesObject>(
  client: Client,
  kind: ResourceKind<T>,
  key: { readonly namespace: string; readonly name: string },
  patch: object,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.patch(kind, present(await client.get(kind, key)), patch);
      return;
    } catch (error) {
      if (!isConflict(error) || attempt === 5) throw error;
    }
  }
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the object is gone');
  return value;
}
