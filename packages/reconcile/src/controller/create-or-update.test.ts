import { describe, expect, it } from 'vitest';

import type { Client } from '../client/client.ts';
import { createClient } from '../client/http-client.ts';
import { noCredentials } from '../client/cluster-connection.ts';
import { ConfigMap } from '../kinds/core-v1.ts';
import { controllerReference } from '../owners/owner-reference.ts';
import { fakeInformer } from '../testing/fake-informer.ts';
import { TinyApiServer } from '../testing/tiny-api-server.ts';
import { virtualEnv } from '../testing/virtual-env.ts';
import { createOrUpdate } from './create-or-update.ts';
import type { ReconcileContext } from './reconciler.ts';

const owner = (name: string) => ({
  apiVersion: 'demo.io/v1',
  kind: 'Greeting',
  metadata: { name, namespace: 'n', uid: `uid-${name}` },
});
const desired = (text: string, ownerName = 'a') => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace: 'n', name: 'a', ownerReferences: [controllerReference(owner(ownerName))] },
  data: { text },
});

function world() {
  const informer = fakeInformer(ConfigMap);
  const connection = { server: 'http://api', transport: new TinyApiServer(), credentials: noCredentials };
  const client: Client = createClient({ env: virtualEnv(), connection, fieldManager: 'tester' });
  const context: Pick<ReconcileContext, 'client' | 'lister' | 'signal'> = {
    client,
    // The one informer of this test is of ConfigMaps.
    lister: () => informer.lister as never,
    signal: new AbortController().signal,
  };
  return { informer, context, requests: connection.transport.requests };
}

describe('create or update', () => {
  it('creates what the cache does not have', async () => {
    const { context, requests } = world();
    const { operation, object } = await createOrUpdate(context, ConfigMap, desired('hi'));
    expect(operation).toBe('created');
    expect(object.metadata.uid).toBeDefined();
    expect(requests.map(({ method }) => method)).toEqual(['POST']);
  });

  it('sends nothing when the object is as desired, and returns it', async () => {
    const { informer, context, requests } = world();
    const { object } = await createOrUpdate(context, ConfigMap, desired('hi'));
    informer.put(object);
    expect(await createOrUpdate(context, ConfigMap, desired('hi'))).toEqual({ object, operation: 'unchanged' });
    expect(requests).toHaveLength(1);
  });

  it.each([
    ['another controller', [controllerReference(owner('b'))], 'is controlled by Greeting b'],
    ['no controller', [], 'has no controller'],
  ])('never takes over what has %s', async (_, ownerReferences, reason) => {
    const { informer, context, requests } = world();
    const metadata = { namespace: 'n', name: 'a', uid: 'u', resourceVersion: '1', ownerReferences };
    informer.put({ apiVersion: 'v1', kind: 'ConfigMap', metadata });
    await expect(createOrUpdate(context, ConfigMap, desired('hi'))).rejects.toThrow(reason);
    expect(requests).toEqual([]);
  });
});
