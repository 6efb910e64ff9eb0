import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ApiError } from '../client/api-error.ts';
import { isFenced } from '../client/fence.ts';
import { sleep } from '../env/timers.ts';
import type { KubernetesObject } from '../object/object.ts';
import { virtualEnv, type VirtualEnv } from '../testing/virtual-env.ts';
import { LeaderElector, type LeaderElectorOptions, type LeadershipEnd } from './leader-elector.ts';
import { decide, heldSpec, observe, type Lease } from './lease.ts';

const microTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;
const refuse = (status: number, reason: string): never => {
  throw new ApiError({ status, reason, detail: 'refused', request: 'r', action: 'write leases ns/lock' });
};

/** One Lease with the rules of an API server: conditional writes, and MicroTime or nothing. */
class LeaseServer {
  lease: Lease | undefined;
  requests = 0;
  #version = 0;

  read(): Lease | undefined {
    return this.lease;
  }

  create(object: Lease): Lease {
    if (this.lease !== undefined) refuse(409, 'AlreadyExists');
    return this.#store(object);
  }

  patch(live: Lease, patch: { readonly spec: object }): Lease {
    if (this.lease === undefined) return refuse(404, 'NotFound');
    if (live.metadata.resourceVersion !== this.lease.metadata.resourceVersion) refuse(409, 'Conflict');
    return this.#store({ ...this.lease, spec: { ...this.lease.spec, ...patch.spec } });
  }

  #store(lease: Lease): Lease {
    for (const time of [lease.spec?.acquireTime, lease.spec?.renewTime])
      if (time !== undefined && !microTime.test(time)) refuse(400, 'BadRequest');
    this.#version += 1;
    this.lease = { ...lease, metadata: { ...lease.metadata, resourceVersion: String(this.#version), uid: 'u' } };
    return this.lease;
  }
}

interface Replica {
  readonly elector: LeaderElector;
  readonly end: Promise<LeadershipEnd>;
  readonly stop: () => void;
  /** How its network is: milliseconds each way, or cut. */
  readonly network: { delayMs: number; isCut: boolean };
  isWorking: boolean;
}

interface Skew {
  readonly wallMs?: number;
  /** How much faster than real time its monotonic clock runs. */
  readonly rate?: number;
}

function replica(
  env: VirtualEnv,
  server: LeaseServer,
  identity: string,
  options: Partial<LeaderElectorOptions> & { skew?: Skew; windDownMs?: number } = {},
): Replica {
  const network = { delayMs: 1, isCut: false };
  const send = async <T>(work: () => unknown): Promise<T> => {
    server.requests += 1;
    await sleep(env.timers, network.delayMs);
    if (network.isCut) throw new Error('connection refused');
    const answer = work();
    await sleep(env.timers, network.delayMs);
    if (network.isCut) throw new Error('connection reset');
    return answer as T;
  };
  const { wallMs = 0, rate = 1 } = options.skew ?? {};
  const elector = new LeaderElector({
    env: {
      ...env,
      clock: { now: () => env.time.now() + wallMs, monotonic: () => env.time.monotonic() * rate },
      timers: { schedule: (delayMs, callback) => env.timers.schedule(delayMs / rate, callback) },
    },
    client: {
      get: <T extends KubernetesObject>() => send<T | undefined>(() => server.read()),
      create: <T extends KubernetesObject>(_kind: unknown, object: unknown) =>
        send<T>(() => server.create(object as Lease)),
      patch: <T extends KubernetesObject>(_kind: unknown, live: T, patch: object) =>
        send<T>(() => server.patch(live, patch as { spec: object })),
    },
    lease: { namespace: 'ns', name: 'lock' },
    identity,
    ...options,
  });
  const abort = new AbortController();
  const result: Replica = {
    elector,
    network,
    isWorking: false,
    stop: () => {
      abort.abort();
    },
    end: elector.run(abort.signal, async (signal) => {
      result.isWorking = true;
      if (!signal.aborted)
        await new Promise<void>((resolve) => {
          signal.addEventListener('abort', () => {
            resolve();
          });
        });
      await sleep(env.timers, options.windDownMs ?? 0);
      result.isWorking = false;
    }),
  };
  return result;
}

const mayWrite = (elector: LeaderElector): boolean => {
  try {
    elector.fence();
    return true;
  } catch (error) {
    expect(isFenced(error)).toBe(true);
    return false;
  }
};

describe('leader election', () => {
  it('lets exactly one of two replicas work, and keeps it so', async () => {
    const env = virtualEnv();
    const server = new LeaseServer();
    const a = replica(env, server, 'a');
    const b = replica(env, server, 'b');
    for (let second = 0; second < 120; second += 1) {
      await env.time.advance(1000);
      expect([a, b].filter(({ isWorking }) => isWorking)).toHaveLength(1);
      expect([a, b].filter(({ elector }) => mayWrite(elector))).toHaveLength(1);
    }
    expect(server.lease?.spec).toMatchObject({ leaseDurationSeconds: 15, leaseTransitions: 0 });
  });

  it('creates a Lease that an API server takes, and renews it with one write and no read', async () => {
    const env = virtualEnv({ startMs: 1_767_225_600_123.456 });
    const server = new LeaseServer();
    const a = replica(env, server, 'a');
    await env.time.advance(100);
    expect(a.isWorking).toBe(true);
    expect(server.lease?.spec?.renewTime).toMatch(microTime);
    const before = server.requests;
    await env.time.advance(20_000);
    expect(server.requests - before).toBe(10);
    a.stop();
    await env.time.advance(100);
  });

  it('hands over within one retry period when the leader stops, after its work has ended', async () => {
    const env = virtualEnv();
    const server = new LeaseServer();
    const a = replica(env, server, 'a', { windDownMs: 20_000 });
    await env.time.advance(10);
    const b = replica(env, server, 'b');
    await env.time.advance(5000);
    a.stop();
    await env.time.advance(19_900);
    expect([a.isWorking, b.isWorking, mayWrite(a.elector)]).toEqual([true, false, true]);
    await env.time.advance(2500 + 120);
    expect([a.isWorking, b.isWorking]).toEqual([false, true]);
    expect(await a.end).toBe('stopped');
    expect(server.lease?.spec).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 });
  });

  it('lets a standby take over within the lease when the leader vanishes', async () => {
    const env = virtualEnv();
    const server = new LeaseServer();
    const a = replica(env, server, 'a');
    await env.time.advance(10);
    const b = replica(env, server, 'b');
    await env.time.advance(4000);
    a.network.isCut = true;
    await env.time.advance(14_000);
    expect(b.isWorking).toBe(false);
    await env.time.advance(15_000 + 2 * 2400 - 14_000);
    expect(b.isWorking).toBe(true);
    expect(await a.end).toBe('lost');
  });

  it('shuts the fence and aborts the work of a leader that cannot renew, before a standby can begin', async () => {
    const env = virtualEnv();
    const server = new LeaseServer();
    const a = replica(env, server, 'a');
    await env.time.advance(10);
    a.network.isCut = true;
    await env.time.advance(9500);
    expect([a.isWorking, mayWrite(a.elector)]).toEqual([true, true]);
    await env.time.advance(2600);
    expect([a.isWorking, mayWrite(a.elector)]).toEqual([false, false]);
    expect(await a.end).toBe('lost');
  });

  it('shuts the fence of lost leadership at once, although its work has not ended', async () => {
    const env = virtualEnv();
    const a = replica(env, new LeaseServer(), 'a', { windDownMs: 60_000 });
    await env.time.advance(10);
    a.network.isCut = true;
    await env.time.advance(10_100);
    expect([a.isWorking, a.elector.isLeader, mayWrite(a.elector)]).toEqual([true, false, false]);
  });

  it('fences by time even when the process was stopped and nothing could be aborted', async () => {
    const env = virtualEnv();
    let frozenMs = 0;
    const clocked = new LeaderElector({
      env: { ...env, clock: { now: () => env.time.now(), monotonic: () => env.time.monotonic() + frozenMs } },
      client: {
        get: () => Promise.resolve(undefined),
        create: (_kind, object) => Promise.resolve(object as never),
        patch: (_k, live) => Promise.resolve(live),
      },
      lease: { namespace: 'ns', name: 'other' },
      identity: 'frozen',
    });
    const abort = new AbortController();
    const end = clocked.run(
      abort.signal,
      (signal) =>
        new Promise((resolve) =>
          signal.addEventListener('abort', () => {
            resolve();
          }),
        ),
    );
    await env.time.settle();
    expect(mayWrite(clocked)).toBe(true);
    frozenMs = 14_001;
    expect(clocked.isLeader).toBe(true);
    expect(mayWrite(clocked)).toBe(false);
    frozenMs = 0;
    abort.abort();
    await env.time.advance(3000);
    await end;
  });

  it('survives an outage of the API server that ends well before the deadline', async () => {
    const env = virtualEnv();
    const server = new LeaseServer();
    const a = replica(env, server, 'a');
    await env.time.advance(10);
    for (let outage = 0; outage < 3; outage += 1) {
      a.network.isCut = true;
      await env.time.advance(5500);
      a.network.isCut = false;
      await env.time.advance(5500);
      expect([a.isWorking, mayWrite(a.elector)]).toEqual([true, true]);
    }
  });

  it('counts a renewal from when it was sent, however late it is answered', async () => {
    const env = virtualEnv();
    const server = new LeaseServer();
    const a = replica(env, server, 'a');
    a.network.delayMs = 2000;
    await env.time.until(() => a.isWorking);
    const answeredAtMs = env.clock.monotonic();
    a.network.isCut = true;
    await env.time.advance(5900);
    expect(a.isWorking).toBe(true);
    await env.time.advance(200);
    expect([a.isWorking, answeredAtMs]).toEqual([false, 6001]);
    expect(await a.end).toBe('lost');
  });

  it('can be acquired over a slow network, because each request has its own limit', async () => {
    const env = virtualEnv();
    const a = replica(env, new LeaseServer(), 'a');
    a.network.delayMs = 2400;
    await env.time.advance(60_000);
    expect([a.isWorking, mayWrite(a.elector)]).toEqual([true, true]);
    a.stop();
    await env.time.advance(10_000);
  });

  it('waits through an outage at the start, for ever', async () => {
    const env = virtualEnv();
    const server = new LeaseServer();
    const a = replica(env, server, 'a');
    a.network.isCut = true;
    await env.time.advance(3_600_000);
    expect(a.isWorking).toBe(false);
    a.network.isCut = false;
    await env.time.advance(2500);
    expect(a.isWorking).toBe(true);
  });

  it('does not believe clocks: a wall clock hours off changes nothing', async () => {
    const env = virtualEnv();
    const server = new LeaseServer();
    const a = replica(env, server, 'a', { skew: { wallMs: -7_200_000 } });
    await env.time.advance(10);
    const b = replica(env, server, 'b', { skew: { wallMs: 7_200_000 } });
    await env.time.advance(120_000);
    expect([a.isWorking, b.isWorking]).toEqual([true, false]);
  });

  it('stops leading at once when it sees that another replica holds the lease', async () => {
    const env = virtualEnv();
    const server = new LeaseServer();
    const a = replica(env, server, 'a');
    await env.time.advance(10);
    const stolen = { ...server.lease?.spec, holderIdentity: 'thief' };
    server.patch(server.lease ?? refuse(404, 'NotFound'), { spec: stolen });
    await env.time.advance(2100);
    expect(a.isWorking).toBe(false);
    expect(await a.end).toBe('lost');
  });

  it('releases although a renewal was on its way', async () => {
    const env = virtualEnv();
    const server = new LeaseServer();
    const a = replica(env, server, 'a');
    await env.time.advance(10);
    a.network.delayMs = 300;
    await env.time.advance(2100);
    a.stop();
    await env.time.advance(3000);
    expect(server.lease?.spec?.holderIdentity).toBe('');
    expect(await a.end).toBe('stopped');
  });

  it('keeps what others wrote into the Lease', async () => {
    const env = virtualEnv();
    const server = new LeaseServer();
    server.lease = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { namespace: 'ns', name: 'lock', resourceVersion: '0', labels: { kept: 'yes' } },
      spec: JSON.parse('{"futureField":1}') as object,
    };
    const a = replica(env, server, 'a');
    await env.time.advance(5000);
    expect(server.lease).toMatchObject({
      metadata: { labels: { kept: 'yes' } },
      spec: { futureField: 1, holderIdentity: 'a' },
    });
    a.stop();
    await env.time.advance(100);
  });

  it('ends with the error of its work, and gives the lease up', async () => {
    const env = virtualEnv();
    const server = new LeaseServer();
    const elector = new LeaderElector({
      env,
      client: {
        get: () => Promise.resolve(undefined),
        create: <T extends KubernetesObject>(_kind: unknown, object: unknown) =>
          Promise.resolve(server.create({ ...(object as Lease) }) as unknown as T),
        patch: <T extends KubernetesObject>(_kind: unknown, live: T, patch: object) =>
          Promise.resolve(server.patch(live, patch as { spec: object }) as unknown as T),
      },
      lease: { namespace: 'ns', name: 'lock' },
      identity: 'a',
    });
    await expect(elector.run(new AbortController().signal, () => Promise.reject(new Error('boom')))).rejects.toThrow(
      'boom',
    );
    expect(server.read()?.spec?.holderIdentity).toBe('');
    expect(mayWrite(elector)).toBe(false);
  });

  it('refuses times that could not be safe', () => {
    const env = virtualEnv();
    expect(() => replica(env, new LeaseServer(), 'a', { renewDeadlineMs: 15_000 })).toThrow('renewDeadlineMs');
    expect(() => replica(env, new LeaseServer(), 'a', { retryPeriodMs: 10_000 })).toThrow('retryPeriodMs');
  });

  it('never lets two replicas write, whatever networks and clocks do', async () => {
    const step = fc.record({
      who: fc.nat(2),
      change: fc.constantFrom('cut', 'cut', 'heal', 'slow', 'fast', 'restart'),
      ms: fc.integer({ min: 1, max: 20_000 }),
    });
    const skews = fc.tuple(fc.double({ min: 0.98, max: 1.02, noNaN: true }), fc.integer({ min: -1e7, max: 1e7 }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 25 }),
        fc.array(skews, { minLength: 3, maxLength: 3 }),
        async (steps, clocks) => {
          const env = virtualEnv();
          const server = new LeaseServer();
          const start = (index: number, life: number): Replica => {
            const [rate, wallMs] = clocks[index] ?? [1, 0];
            return replica(env, server, `${index}-${life}`, { skew: { rate, wallMs } });
          };
          const replicas = [0, 1, 2].map((index) => start(index, 0));
          const everyone = [...replicas];
          for (const [life, { who, change, ms }] of steps.entries()) {
            const current = replicas[who];
            if (current === undefined) continue;
            if (change === 'cut' || change === 'heal') current.network.isCut = change === 'cut';
            if (change === 'slow' || change === 'fast') current.network.delayMs = change === 'slow' ? 2400 : 1;
            if (change === 'restart') {
              current.stop();
              const next = start(who, life + 1);
              replicas[who] = next;
              everyone.push(next);
            }
            for (let left = ms; left > 0; left -= 500) {
              await env.time.advance(Math.min(left, 500));
              expect(everyone.filter(({ elector }) => mayWrite(elector)).length).toBeLessThanOrEqual(1);
            }
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('the decision about a lease', () => {
  const candidate = { identity: 'me', leaseDurationMs: 15_000 };
  const lease = (spec: object): Lease => ({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'l' },
    spec,
  });
  const other = { holderIdentity: 'you', leaseDurationSeconds: 30, renewTime: 't1' };

  it.each([
    ['nobody holds it', {}, 0, 'take'],
    ['it was released', { holderIdentity: '' }, 0, 'take'],
    ['I hold it', { holderIdentity: 'me' }, 1e9, 'renew'],
    ['another holds it', other, 30_000, 'wait'],
    ['another let it run out', other, 30_001, 'take'],
    ['another says no duration: mine counts', { holderIdentity: 'you' }, 15_001, 'take'],
    ['another says a senseless duration', { holderIdentity: 'you', leaseDurationSeconds: -1 }, 15_000, 'wait'],
  ])('when %s', (_when, spec, nowMs, expected) => {
    const seen = observe(undefined, lease(spec), 0);
    expect(decide(lease(spec), candidate, observe(seen, lease(spec), nowMs), nowMs)).toBe(expected);
  });

  it('starts the time anew at each renewal that is seen, and at nothing else', () => {
    const first = observe(undefined, lease(other), 0);
    const labelled = { ...lease(other), metadata: { name: 'l', labels: { a: 'b' }, resourceVersion: '9' } };
    expect(observe(first, labelled, 5000)).toBe(first);
    expect(observe(first, lease({ ...other, renewTime: 't2' }), 5000).seenAtMs).toBe(5000);
  });

  it('counts transitions, and keeps acquireTime while renewing', () => {
    const first = heldSpec(undefined, candidate, 0);
    expect(first).toMatchObject({ leaseTransitions: 0, acquireTime: '1970-01-01T00:00:00.000000Z' });
    const renewed = heldSpec(first, candidate, 1000);
    expect(renewed).toMatchObject({
      leaseTransitions: 0,
      acquireTime: first.acquireTime,
      renewTime: '1970-01-01T00:00:01.000000Z',
    });
    expect(heldSpec({ ...first, holderIdentity: 'you' }, candidate, 1000)).toMatchObject({ leaseTransitions: 1 });
  });

  it('writes MicroTime with exactly six decimals at any moment', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 4e12, noNaN: true }), (nowMs) => {
        const { renewTime = '' } = heldSpec(undefined, candidate, nowMs);
        expect(renewTime).toMatch(microTime);
        expect(Math.abs(Number(renewTime.slice(20, 26)) / 1000 - (nowMs % 1000))).toBeLessThan(0.002);
      }),
    );
  });
});
