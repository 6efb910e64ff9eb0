import { describe, expect, it, vi } from 'vitest';

import { ConfigMap, createManager, processEnv } from '@canaryop/reconcile';
import { createClient } from '@canaryop/reconcile/client';
import { startControlPlane } from '@canaryop/testkit/control-plane';

import { mirror } from '../mirror-operator.ts';

const env = processEnv();
const key = (name: string) => ({ namespace: 'default', name });
const configMap = (name: string, text: string, labels: Readonly<Record<string, string>> = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { ...key(name), labels },
  data: { text },
});

describe('a manager with another cluster, on two real control planes', () => {
  it('reconciles by what happens there, and writes here', async () => {
    const [hub, edge] = await Promise.all([1, 2].map(() => startControlPlane({ controllerManager: false })));
    if (hub === undefined || edge === undefined) throw new Error('there are no clusters');
    const [here, there] = [hub, edge].map(({ connection }) =>
      createClient({ env, connection, fieldManager: 'tester' }),
    );
    if (here === undefined || there === undefined) throw new Error('there are no clients');
    const manager = createManager({ env, connection: hub.connection, fieldManager: 'mirror' });
    manager.add(mirror(manager.addCluster({ name: 'edge', connection: edge.connection })));
    const mirrored = await there.create(ConfigMap, configMap('a', 'one', { mirror: 'yes' }));
    await there.create(ConfigMap, configMap('b', 'not this'));
    const stop = new AbortController();
    const ended = manager.start(stop.signal);
    const text = async (name: string) => (await here.get(ConfigMap, key(name)))?.data?.['text'];
    await vi.waitFor(async () => expect(await text('a')).toBe('one'), { timeout: 30_000 });
    await there.patch(ConfigMap, mirrored, { data: { text: 'two' } });
    await vi.waitFor(async () => expect(await text('a')).toBe('two'), { timeout: 30_000 });
    expect(await text('b')).toBeUndefined();
    const live = await there.get(ConfigMap, key('a'));
    if (live !== undefined) await there.delete(ConfigMap, live);
    await vi.waitFor(async () => expect(await text('a')).toBeUndefined(), { timeout: 30_000 });
    stop.abort();
    await ended;
    await Promise.all([hub.stop(), edge.stop()]);
  });
});
