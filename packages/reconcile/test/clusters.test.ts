import { describe, expect, it } from 'vitest';

import { ConfigMap, controller, createManager, type Manager } from '@canaryop/reconcile';
import { isFenced, noCredentials } from '@canaryop/reconcile/client';
import { virtualEnv, type VirtualEnv } from '@canaryop/reconcile/testing';
import { adminUser, createApiServer, type ApiServer } from '@canaryop/simkube';

import { Wire } from './library/wire.ts';
import { mirror } from './mirror-operator.ts';

const configMap = (name: string, text: string, labels: Readonly<Record<string, string>> = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace: 'default', name, labels },
  data: { text },
});
const key = (name: string) => ({ namespace: 'default', name });

/** Two clusters, each with a way to it that can be cut. */
function clusters() {
  const env = virtualEnv();
  const cluster = () => {
    const server = createApiServer({ env });
    const wire = new Wire({
      server: 'https://cluster',
      transport: server.transport(adminUser),
      credentials: noCredentials,
    });
    const text = (name: string): string | undefined => server.loopback.get(ConfigMap, key(name))?.data?.['text'];
    return { server, wire, text };
  };
  return { env, hub: cluster(), edge: cluster() };
}

async function ended(env: VirtualEnv, run: Promise<void>, ...servers: readonly ApiServer[]): Promise<void> {
  await Promise.all([run, env.time.advance(1000)]);
  for (const server of servers) await server.close();
}
const start = (manager: Manager) => {
  const stop = new AbortController();
  return { run: manager.start(stop.signal), stop: () => stop.abort() };
};

describe('a manager with another cluster', () => {
  it('reconciles by what happens there, writes here, and goes on when that cluster has been away', async () => {
    const { env, hub, edge } = clusters();
    const manager = createManager({ env, connection: hub.wire, fieldManager: 'mirror' });
    const far = manager.addCluster({ name: 'edge', connection: edge.wire });
    manager.add(mirror(far));
    edge.server.loopback.create(ConfigMap, configMap('a', 'one', { mirror: 'yes' }));
    edge.server.loopback.create(ConfigMap, configMap('b', 'not this'));
    const { run, stop } = start(manager);
    await env.time.until(() => hub.text('a') === 'one');
    expect(hub.text('b')).toBeUndefined();
    edge.wire.cut();
    await env.time.advance(60_000);
    const written = hub.wire.writes.length;
    edge.server.loopback.create(ConfigMap, configMap('c', 'later', { mirror: 'yes' }));
    edge.wire.mend();
    await env.time.until(() => hub.text('c') === 'later');
    expect(hub.wire.writes).toHaveLength(written + 1);
    edge.server.loopback.delete(ConfigMap, key('a'));
    await env.time.until(() => hub.text('a') === undefined);
    expect(edge.wire.writes).toEqual([]);
    stop();
    await ended(env, run, hub.server, edge.server);
  });

  it('is not ready, and does not work, before that cluster was read; unless it is optional', async () => {
    const { env, hub, edge } = clusters();
    edge.wire.cut();
    hub.server.loopback.create(ConfigMap, configMap('a', 'one'));
    const seen: string[] = [];
    const counting = (name: string) =>
      controller(name)
        .for(ConfigMap)
        .reconcile(() => {
          seen.push(name);
          return Promise.resolve();
        });
    const managerWith = (name: string, isOptional: boolean): Manager => {
      const manager = createManager({ env, connection: hub.wire, fieldManager: name });
      const far = manager.addCluster({ name: 'edge', connection: edge.wire, isOptional });
      far.informer(ConfigMap);
      manager.add(counting(name));
      return manager;
    };
    const running = [managerWith('patient', false), managerWith('independent', true)].map(start);
    await env.time.advance(60_000);
    expect(seen).toEqual(['independent']);
    edge.wire.mend();
    await env.time.until(() => seen.includes('patient'));
    for (const { stop } of running) stop();
    await ended(
      env,
      Promise.all(running.map(({ run }) => run)).then(() => undefined),
      hub.server,
      edge.server,
    );
  });

  it('fences what it writes there by its own lease', async () => {
    const { env, hub, edge } = clusters();
    const lease = { namespace: 'default', name: 'lock' };
    const manager = createManager({ env, connection: hub.wire, fieldManager: 'hub', leaderElection: { lease } });
    const far = manager.addCluster({ name: 'edge', connection: edge.wire });
    await expect(far.client.create(ConfigMap, configMap('a', 'early'))).rejects.toSatisfy(isFenced);
    const { run, stop } = start(manager);
    await env.time.until(() => manager.isLeader);
    await far.client.create(ConfigMap, configMap('a', 'in time'));
    stop();
    await ended(env, run, hub.server, edge.server);
    expect(edge.text('a')).toBe('in time');
    await expect(far.client.create(ConfigMap, configMap('b', 'late'))).rejects.toSatisfy(isFenced);
  });
});

describe('managers of several clusters in one process', () => {
  it('run the same controllers side by side, and one that loses its lease does not disturb the other', async () => {
    const { env, hub, edge } = clusters();
    const seen: string[] = [];
    const managers = [hub, edge].map(({ wire }, index) => {
      const name = `cluster-${index}`;
      const lease = { namespace: 'default', name: 'lock' };
      const manager = createManager({ env, connection: wire, fieldManager: 'fleet', leaderElection: { lease } });
      manager.add(
        controller('sites')
          .for(ConfigMap)
          .reconcile((at) => {
            seen.push(`${at.name} in ${name}`);
            return Promise.resolve();
          }),
      );
      return start(manager);
    });
    const [first, second] = managers;
    hub.server.loopback.create(ConfigMap, configMap('a', ''));
    edge.server.loopback.create(ConfigMap, configMap('b', ''));
    await env.time.until(() => seen.length === 2);
    expect(seen.toSorted()).toEqual(['a in cluster-0', 'b in cluster-1']);
    hub.wire.cut();
    const lost = expect(first?.run).rejects.toThrow('the lease was lost');
    await env.time.advance(20_000);
    await lost;
    edge.server.loopback.create(ConfigMap, configMap('c', ''));
    await env.time.until(() => seen.includes('c in cluster-1'));
    second?.stop();
    await ended(env, second?.run ?? Promise.resolve(), hub.server, edge.server);
  });
});
