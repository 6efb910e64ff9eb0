import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { request } from 'node:http';

import { describe, expect, it } from 'vitest';

import { noCredentials } from '../client/cluster-connection.ts';
import { isFenced } from '../client/fence.ts';
import { controller, type ControllerBuilder } from '../controller/builder.ts';
import type { Reconciler } from '../controller/reconciler.ts';
import type { KubernetesObject } from '../object/object.ts';
import { resourceKind } from '../object/resource-kind.ts';
import { recordingLogger } from '../testing/recording-logger.ts';
import { TinyApiServer } from '../testing/tiny-api-server.ts';
import { virtualEnv, type VirtualEnv } from '../testing/virtual-env.ts';
import { LeadershipLostError } from './leadership.ts';
import type { ManagerOptions } from './manager-options.ts';
import { managerStartChannel } from './manager-start.ts';
import { createManager } from './controller-manager.ts';
import type { Manager } from './manager.ts';
import type { Runnable } from './runnable.ts';
import { terminationSignal } from './signals.ts';

const websites = resourceKind({ group: 'demo.io', version: 'v1', kind: 'Website', plural: 'websites' });
const configMaps = resourceKind({ group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps' });
const website = (name: string): KubernetesObject => ({
  apiVersion: 'demo.io/v1',
  kind: 'Website',
  metadata: { namespace: 'n', name },
});
const all = '/apis/demo.io/v1/websites';
const leasePath = '/apis/coordination.k8s.io/v1/namespaces/ns/leases/lock';
const election = { lease: { namespace: 'ns', name: 'lock' } };

const reconciling = (reconcile: Reconciler) => controller('website').for(websites).reconcile(reconcile);
const idle = reconciling(() => Promise.resolve());

interface Running {
  readonly manager: Manager;
  readonly started: Promise<void>;
  readonly stop: () => Promise<void>;
}

function managerOn(env: VirtualEnv, api: TinyApiServer, options: Partial<ManagerOptions> = {}): Manager {
  const connection = { server: 'http://api.test', transport: api, credentials: noCredentials };
  return createManager({ env, connection, fieldManager: 'tester', ...options });
}

function run(manager: Manager): Running {
  const abort = new AbortController();
  const started = manager.start(abort.signal);
  // A rejection is looked at by the test later; until then it must not count as unhandled.
  started.catch(() => undefined);
  return {
    manager,
    started,
    stop: () => {
      abort.abort();
      return started;
    },
  };
}

/** Runs until it is stopped, and says when it begins and ends. */
function traced(name: string, trace: string[], more: Partial<Runnable> = {}): Runnable {
  return {
    name,
    start: async (signal) => {
      trace.push(`${name} begins`);
      if (!signal.aborted)
        await new Promise<void>((resolve) =>
          signal.addEventListener('abort', () => {
            resolve();
          }),
        );
      trace.push(`${name} ends`);
    },
    ...more,
  };
}

describe('a manager', () => {
  it('reconciles what exists and what changes, from its cache, and writes events', async () => {
    const env = virtualEnv();
    const api = new TinyApiServer();
    api.put(all, website('old'));
    const manager = managerOn(env, api);
    const seen: unknown[] = [];
    manager.add(
      reconciling((key, context) => {
        const object = context.lister(websites).get(key);
        seen.push([key.name, object?.metadata.resourceVersion, context.reasons]);
        if (object !== undefined) context.events.event(object, 'Normal', 'Seen', 'it was seen');
        return Promise.resolve();
      }),
    );
    const { stop } = run(manager);
    await env.time.until(() => seen.length === 1);
    api.put(all, website('new'));
    await env.time.until(() => seen.length === 2);
    await env.time.advance(100);
    await stop();
    expect(seen).toEqual([
      ['old', '2', ['Website n/old added']],
      ['new', expect.any(String), ['Website n/new added']],
    ]);
    expect(api.requests.filter(({ method }) => method === 'POST').map(({ path }) => path)).toEqual([
      '/api/v1/namespaces/n/events',
      '/api/v1/namespaces/n/events',
    ]);
    expect(env.time.pending).toBe(0);
  });

  it("starts replicas' work before the leader's, and stops in reverse, keeping the lease until the work has ended", async () => {
    const env = virtualEnv();
    const api = new TinyApiServer();
    const manager = managerOn(env, api, { leaderElection: election });
    const trace: string[] = [];
    manager.add(traced('leader work', trace));
    manager.add(traced('other work', trace, { needsLeaderElection: false }));
    const { stop } = run(manager);
    await env.time.until(() => manager.isLeader);
    await env.time.settle();
    expect(api.at(leasePath)?.['spec']).toMatchObject({
      holderIdentity: expect.stringMatching(/^tester_[0-9a-f-]{36}$/),
    });
    await stop();
    expect(trace).toEqual(['other work begins', 'leader work begins', 'leader work ends', 'other work ends']);
    expect(api.at(leasePath)?.['spec']).toMatchObject({ holderIdentity: '' });
    expect(manager.isLeader).toBe(false);
    expect(env.time.pending).toBe(0);
  });

  it('fences the writes of a leader that lost its lease, then stops with an error', async () => {
    const env = virtualEnv();
    const api = new TinyApiServer();
    const manager = managerOn(env, api, { leaderElection: election, gracefulShutdownMs: 20_000 });
    const outcomes: unknown[] = [];
    const write = (): Promise<unknown> =>
      manager.client.create(configMaps, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { namespace: 'n', name: `m${outcomes.length}` },
      });
    manager.add({
      name: 'writer',
      start: async (signal) => {
        await write().then(() => outcomes.push('written'));
        await new Promise<void>((resolve) =>
          signal.addEventListener('abort', () => {
            resolve();
          }),
        );
        await write().catch((error: unknown) => outcomes.push(isFenced(error) ? 'fenced' : error));
      },
    });
    const { started } = run(manager);
    await env.time.until(() => outcomes.length === 1);
    api.refuse = ({ path }) => (path.includes('leases') ? 503 : undefined);
    const rejected = expect(started).rejects.toBeInstanceOf(LeadershipLostError);
    await env.time.advance(13_000);
    await rejected;
    expect(outcomes).toEqual(['written', 'fenced']);
  });

  it('fences the client of controllers that need the lease, and of no other', async () => {
    const env = virtualEnv();
    const api = new TinyApiServer();
    api.put(all, website('a'));
    const manager = managerOn(env, api, { leaderElection: election });
    const isFencedOff = new Map<string, boolean>();
    const watching = (name: string): ControllerBuilder => controller(name).for(websites);
    const note =
      (name: string): Reconciler =>
      (_key, { client }) => {
        isFencedOff.set(name, client === manager.client);
        return Promise.resolve();
      };
    manager.add(watching('leading').reconcile(note('leading')));
    manager.add(watching('everywhere').withoutLeaderElection().reconcile(note('everywhere')));
    const { stop } = run(manager);
    await env.time.until(() => isFencedOff.size === 2);
    await Promise.all([stop(), env.time.advance(100)]);
    expect(Object.fromEntries(isFencedOff)).toEqual({ leading: true, everywhere: false });
  });

  it('refuses to write before it leads', async () => {
    const env = virtualEnv();
    const manager = managerOn(env, new TinyApiServer(), { leaderElection: election });
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'n', name: 'm' } };
    await expect(manager.client.create(configMaps, object)).rejects.toSatisfy(isFenced);
  });

  it('stops everything when one runnable fails, and rejects with its error', async () => {
    const env = virtualEnv();
    const manager = managerOn(env, new TinyApiServer());
    const trace: string[] = [];
    manager.add(traced('steady', trace));
    manager.add({ name: 'broken', start: () => Promise.reject(new Error('boom')) });
    const { started } = run(manager);
    await expect(started).rejects.toThrow('boom');
    expect(trace).toEqual(['steady begins', 'steady ends']);
  });

  it('goes on when a runnable has nothing more to do', async () => {
    const env = virtualEnv();
    const manager = managerOn(env, new TinyApiServer());
    const trace: string[] = [];
    manager.add({ name: 'once', start: () => Promise.resolve() });
    manager.add(traced('steady', trace));
    const { stop } = run(manager);
    await env.time.advance(60_000);
    expect(trace).toEqual(['steady begins']);
    await stop();
  });

  it('gives up on what does not end in time, names it, and leaves the lease to run out', async () => {
    const env = virtualEnv();
    const api = new TinyApiServer();
    const manager = managerOn(env, api, { leaderElection: election, gracefulShutdownMs: 5000 });
    manager.add({ name: 'stuck', start: () => new Promise(() => undefined) });
    const { stop } = run(manager);
    await env.time.until(() => manager.isLeader);
    const rejected = expect(stop()).rejects.toThrow('not ended within 5000 ms of the stop: stuck');
    await env.time.advance(5100);
    await rejected;
    expect(api.at(leasePath)?.['spec']).toMatchObject({ holderIdentity: expect.stringContaining('tester_') });
  });

  it('waits 30 s for what has to end, and no longer', async () => {
    const env = virtualEnv();
    const manager = managerOn(env, new TinyApiServer(), { leaderElection: election });
    manager.add({ name: 'stuck', start: () => new Promise(() => undefined) });
    const { started, stop } = run(manager);
    await env.time.until(() => manager.isLeader);
    let hasEnded = false;
    const rejected = expect(started.finally(() => (hasEnded = true))).rejects.toThrow('within 30000 ms of the stop');
    const stopped = expect(stop()).rejects.toThrow();
    await env.time.advance(29_900);
    expect(hasEnded).toBe(false);
    await env.time.advance(200);
    expect(hasEnded).toBe(true);
    await Promise.all([rejected, stopped]);
  });

  it('does not lead, nor work, before its caches are filled', async () => {
    const env = virtualEnv();
    const api = new TinyApiServer();
    api.refuse = ({ path }) => (path === all ? 403 : undefined);
    const manager = managerOn(env, api, { leaderElection: election });
    manager.add(idle);
    const { stop } = run(manager);
    await env.time.advance(60_000);
    expect(api.at(leasePath)).toBeUndefined();
    api.refuse = () => undefined;
    await env.time.until(() => manager.isLeader);
    await Promise.all([stop(), env.time.advance(100)]);
  });

  it('watches its own namespaces only when it has some', async () => {
    const env = virtualEnv();
    const api = new TinyApiServer();
    const manager = managerOn(env, api, { namespaces: ['mine', 'yours'] });
    manager.add(idle);
    const { stop } = run(manager);
    await env.time.advance(100);
    await stop();
    expect(new Set(api.requests.map(({ path }) => path))).toEqual(
      new Set(['/apis/demo.io/v1/namespaces/mine/websites', '/apis/demo.io/v1/namespaces/yours/websites']),
    );
  });

  it('creates a child once although the watch does not tell of it', async () => {
    const env = virtualEnv();
    const api = new TinyApiServer();
    api.put(all, website('a'));
    const manager = managerOn(env, api);
    let passes = 0;
    manager.add(
      controller('website')
        .for(websites)
        .owns(configMaps)
        .reconcile(async (key, { lister, client }) => {
          passes += 1;
          const { namespace = '', name } = key;
          if (lister(configMaps).get(key) === undefined)
            await client.create(configMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name } });
          return { requeueAfterMs: 10 };
        }),
    );
    const { stop } = run(manager);
    await env.time.until(() => manager.cache.informers().every(({ hasSynced }) => hasSynced));
    api.isWatchSilent = true;
    await env.time.advance(1000);
    await stop();
    expect(passes).toBeGreaterThan(90);
    expect(api.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  it('refuses requests that could outlive the lease', () => {
    const options = { leaderElection: election, requestTimeoutMs: 15_000 };
    expect(() => managerOn(virtualEnv(), new TinyApiServer(), options)).toThrow(
      'must be shorter than leaseDurationMs 15000',
    );
  });

  it('is one of several leaders, each of its shards, or the only one, but not both', () => {
    const sharding = { shards: 4, lease: { namespace: 'ns', name: 'lock' } };
    const made = (options: Partial<ManagerOptions>) => managerOn(virtualEnv(), new TinyApiServer(), options);
    expect(() => made({ sharding, leaderElection: election })).toThrow('exclude each other');
    expect(() => made({ sharding: { ...sharding, shards: 0 } })).toThrow('a whole number of at least 1, not 0');
    const manager = made({ sharding });
    expect([manager.isLeader, manager.shards]).toEqual([false, []]);
    expect(() => manager.add(traced('sweeper', []))).toThrow('sweeper is for the one leader');
    manager.add(traced('sweeper', [], { needsLeaderElection: false }));
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'n', name: 'm' } };
    return expect(manager.client.create(configMaps, object)).rejects.toSatisfy(isFenced);
  });

  it('reconciles everything again every ten hours, give or take one, and asks the server nothing', async () => {
    const env = virtualEnv();
    const api = new TinyApiServer();
    api.put(all, website('a'));
    const manager = managerOn(env, api);
    const times: number[] = [];
    manager.add(
      reconciling((_key, { reasons }) => {
        times.push(env.clock.monotonic());
        expect(reasons).toEqual([times.length === 1 ? 'Website n/a added' : 'resync']);
        return Promise.resolve();
      }),
    );
    const { stop } = run(manager);
    for (let minutes = 0; minutes < 700 && times.length < 2; minutes += 1) {
      await env.time.advance(60_000);
      api.bookmark();
    }
    await stop();
    expect(api.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([`GET ${all}`]);
    expect(times[1]).toBeGreaterThanOrEqual(32_400_000);
    expect(times[1]).toBeLessThanOrEqual(39_700_000);
    expect(env.time.pending).toBe(0);
  });

  it('takes each name once, and nothing once it has started', async () => {
    const env = virtualEnv();
    const manager = managerOn(env, new TinyApiServer());
    manager.add(traced('a', []));
    expect(() => manager.add(traced('a', []))).toThrow('there is a runnable a already');
    const { stop } = run(manager);
    expect(() => manager.add(traced('b', []))).toThrow('has started');
    await expect(manager.start(new AbortController().signal)).rejects.toThrow('started before');
    await stop();
  });

  it('is told of when it starts, with its controllers, to whoever was loaded before the program', async () => {
    const seen: unknown[] = [];
    const look = (start: unknown): unknown => seen.push(start);
    subscribe(managerStartChannel, look);
    const manager = managerOn(virtualEnv(), new TinyApiServer());
    manager.add(idle);
    manager.add(traced('a', []));
    expect(seen).toEqual([]);
    const { stop } = run(manager);
    unsubscribe(managerStartChannel, look);
    expect(seen).toEqual([{ manager, controllers: [idle] }]);
    await stop();
  });

  it('counts its reconciles and requests under the usual names', async () => {
    const env = virtualEnv();
    const api = new TinyApiServer();
    api.put(all, website('a'));
    const manager = managerOn(env, api);
    manager.add(idle);
    const { stop } = run(manager);
    await env.time.advance(100);
    await stop();
    const { body } = await manager.registry.render();
    expect(body).toContain('controller_runtime_reconcile_total{controller="website",result="success"} 1');
    expect(body).toContain('workqueue_adds_total{name="website",controller="website"} 1');
    expect(body).toMatch(/rest_client_requests_total\{code="200",method="GET",host="api\.test"\} \d/);
  });
});

describe('the endpoints of a manager', () => {
  const ask = (port: number | undefined, path: string): Promise<[number, string]> =>
    new Promise((resolve, reject) => {
      request({ host: '127.0.0.1', port, path }, (response) => {
        let body = '';
        response.on('data', (chunk) => (body += String(chunk)));
        response.on('end', () => {
          resolve([response.statusCode ?? 0, body]);
        });
      })
        .on('error', reject)
        .end();
    });
  const until = async (env: VirtualEnv, condition: () => boolean): Promise<void> => {
    while (!condition()) await env.time.settle();
  };

  it('are red until the caches are filled and when one is not kept up to date, and say why', async () => {
    const env = virtualEnv();
    const api = new TinyApiServer();
    api.refuse = ({ path }) => (path === all ? 403 : undefined);
    const address = '127.0.0.1:0';
    const manager = managerOn(env, api, { probes: { address }, metrics: { address } });
    manager.add(idle);
    manager.addReadyCheck('mine', () => undefined);
    const { stop } = run(manager);
    await until(env, () => manager.ports.metrics !== undefined);
    await env.time.advance(1000);
    const { probes, metrics } = manager.ports;
    expect((await ask(probes, '/healthz'))[0]).toBe(200);
    const [status, body] = await ask(probes, '/readyz');
    expect(status).toBe(500);
    expect(body).toContain('[-]caches failed: websites.demo.io: ');
    api.refuse = () => undefined;
    await env.time.advance(60_000);
    expect(await ask(probes, '/readyz')).toEqual([200, 'ok']);
    expect((await ask(probes, '/readyz?verbose'))[1]).toContain('[+]mine ok');
    expect((await ask(metrics, '/metrics'))[1]).toContain('controller_runtime_active_workers{controller="website"} 0');
    await stop();
    await expect(ask(probes, '/healthz')).rejects.toThrow();
  });

  it('serve what is added, too', async () => {
    const env = virtualEnv();
    const manager = managerOn(env, new TinyApiServer());
    manager.addServer({
      name: 'hooks',
      address: '127.0.0.1:0',
      paths: ['/hook'],
      endpoint: () => () => Promise.resolve({ status: 200, body: 'hooked' }),
    });
    const { stop } = run(manager);
    await until(env, () => manager.ports['hooks'] !== undefined);
    expect(await ask(manager.ports['hooks'], '/hook')).toEqual([200, 'hooked']);
    expect((await ask(manager.ports['hooks'], '/'))[0]).toBe(404);
    await stop();
  });

  it('end the start when a port is taken', async () => {
    const env = virtualEnv();
    const first = managerOn(env, new TinyApiServer(), { probes: { address: '127.0.0.1:0' } });
    const running = run(first);
    await until(env, () => first.ports.probes !== undefined);
    const address = `127.0.0.1:${first.ports.probes}`;
    await expect(
      managerOn(env, new TinyApiServer(), { probes: { address } }).start(new AbortController().signal),
    ).rejects.toThrow(`cannot listen on ${address}`);
    await running.stop();
  });
});

describe('termination signals', () => {
  it('stop gracefully the first time and at once the second', () => {
    const listeners = new Set<() => void>();
    let forced = 0;
    const source = {
      on: (_name: string, listener: () => void) => listeners.add(listener),
      off: (_name: string, listener: () => void) => listeners.delete(listener),
    };
    const signal = terminationSignal(source, () => (forced += 1));
    const deliver = (): void => {
      for (const listener of listeners) listener();
    };
    expect(signal.aborted).toBe(false);
    deliver();
    expect([signal.aborted, forced]).toEqual([true, 0]);
    deliver();
    expect(forced).toBe(1);
    deliver();
    expect(forced).toBe(1);
  });
});

describe('the log of a manager', () => {
  it('says why a key was reconciled', async () => {
    const { log, lines } = recordingLogger();
    const env = virtualEnv({ log });
    const api = new TinyApiServer();
    api.put(all, website('a'));
    const manager = managerOn(env, api);
    manager.add(idle);
    const { stop } = run(manager);
    await env.time.advance(100);
    await stop();
    expect(lines.find(({ message }) => message === 'reconcile started')?.fields).toMatchObject({
      controller: 'website',
      namespace: 'n',
      name: 'a',
      reasons: ['Website n/a added'],
    });
  });
});
