import { expect } from 'vitest';

import { noCredentials } from '@canaryop/reconcile/client';
import type { Env, Transport } from '@canaryop/reconcile/env';
import { metricsRegistry } from '@canaryop/reconcile/metrics';
import { seededRandom, virtualEnv, type VirtualEnv } from '@canaryop/reconcile/testing';
import { adminUser, createApiServer, type ApiServer } from '@canaryop/simkube';

import { leadership } from '../src/manager/leadership.ts';
import { Wire } from './library/wire.ts';

const lease = { namespace: 'default', name: 'op' };
/** How many shards there are. */
export const count = 8;

/** A process that can be stopped in its tracks, over a network that delays and loses. */
export class Member {
  readonly name: string;
  readonly #deferred: (() => void)[] = [];
  readonly #leadership: ReturnType<typeof leadership>;
  readonly #stop = new AbortController();
  readonly ended: Promise<unknown>;
  #isPaused = false;

  constructor(name: string, env: VirtualEnv, transport: Transport) {
    this.name = name;
    const own: Env = {
      ...env,
      timers: { schedule: (delayMs, callback) => env.timers.schedule(delayMs, () => this.#whenRunning(callback)) },
    };
    const inner: Transport = {
      request: async (request) => {
        const answer = await transport.request(request);
        await new Promise<void>((resolve) => {
          this.#whenRunning(resolve);
        });
        return answer;
      },
      close: () => Promise.resolve(),
    };
    this.#leadership = leadership(
      {
        env: own,
        connection: { server: 'https://cluster', transport: inner, credentials: noCredentials },
        fieldManager: 'op',
        timeoutMs: 3000,
      },
      { sharding: { shards: count, lease }, instance: name, registry: metricsRegistry(), drainMs: 5000 },
    );
    const { elector, shards } = this.#leadership;
    this.ended =
      elector?.run(this.#stop.signal, (signal) => shards?.keeper.run(signal) ?? Promise.resolve()) ?? Promise.resolve();
  }

  /** Shards in which a write would leave at this moment. */
  get writable(): readonly number[] {
    const { elector, shards } = this.#leadership;
    try {
      elector?.fence();
    } catch {
      return [];
    }
    return shards?.owned.held ?? [];
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    for (const callback of this.#deferred.splice(0)) callback();
  }

  stop(): void {
    this.#stop.abort();
  }

  #whenRunning(callback: () => void): void {
    if (this.#isPaused) this.#deferred.push(callback);
    else callback();
  }
}

/** Requests, and their answers, come late or not at all. */
function flaky(env: VirtualEnv, transport: Transport, seed: number, isHealed: () => boolean): Transport {
  const random = seededRandom(seed);
  const late = (): Promise<void> => {
    const delayMs = isHealed() || random.next() < 0.7 ? 5 : random.next() * 4000;
    return new Promise((resolve) => void env.timers.schedule(delayMs, resolve));
  };
  return {
    async request(request) {
      if (!isHealed() && random.next() < 0.03) throw new Error('the connection broke');
      await late();
      // Aborted or not: what is on its way arrives.
      const { signal: _signal, ...sent } = request;
      const answer = await transport.request(sent);
      await late();
      if (!isHealed() && random.next() < 0.03) throw new Error('the answer was lost');
      return answer;
    },
    close: () => Promise.resolve(),
  };
}

/** Who could write in each shard. */
export function owners(members: readonly Member[]): readonly (readonly string[])[] {
  return Array.from({ length: count }, (_, shard) =>
    members.filter(({ writable }) => writable.includes(shard)).map(({ name }) => name),
  );
}
/** How many shards each member has, the fewest first. */
export const loads = (members: readonly Member[]): readonly number[] =>
  members.map(({ writable }) => writable.length).toSorted((a, b) => a - b);

export interface Ring {
  readonly env: VirtualEnv;
  readonly server: ApiServer;
  readonly wire: Wire;
  readonly join: (name: string) => Member;
}
/** A server, and the way on which members join. */
export function ring(): Ring {
  const env = virtualEnv();
  const server = createApiServer({ env });
  const transport = server.transport(adminUser);
  const wire = new Wire({ server: 'https://cluster', transport, credentials: noCredentials });
  return { env, server, wire, join: (name) => new Member(name, env, wire.transport) };
}

/**
 * Members that join, stop, sleep and awake, over a network that delays and loses. It fails when two of them could write
 * in a shard at any time, or when not every shard has one owner once all is well.
 */
export async function disturbedRing(seed: number, steps: number): Promise<void> {
  const env = virtualEnv({ seed: seed + 100 });
  const server = createApiServer({ env });
  const random = seededRandom(seed);
  let isHealed = false;
  const transport = flaky(env, server.transport(adminUser), seed, () => isHealed);
  const members: Member[] = [];
  const join = (): void => void members.push(new Member(`m${members.length}`, env, transport));
  for (let index = 0; index < 3; index += 1) join();
  const check = (): void => {
    const shared = owners(members).filter((each) => each.length > 1);
    if (shared.length > 0) throw new Error(`two owners at ${env.clock.monotonic()}: ${JSON.stringify(shared)}`);
  };
  for (let step = 0; step < steps; step += 1) {
    await env.time.advance(random.next() * 1000);
    check();
    const pick = members[Math.floor(random.next() * members.length)];
    const chance = random.next();
    if (chance < 0.04 && pick !== undefined) {
      pick.pause();
      env.timers.schedule(random.next() * 30_000, () => pick.resume());
    } else if (chance < 0.06) pick?.stop();
    if (members.filter((each) => each.writable.length > 0).length < 2 && members.length < 12) join();
    check();
  }
  isHealed = true;
  for (const member of members) member.resume();
  join();
  for (let step = 0; step < 120; step += 1) {
    await env.time.advance(500);
    check();
  }
  expect(owners(members).map((each) => each.length)).toEqual(Array.from({ length: count }, () => 1));
  const live = members.filter(({ writable }) => writable.length > 0);
  const each = loads(live);
  expect((each.at(-1) ?? 0) - (each[0] ?? 0)).toBeLessThanOrEqual(1);
  for (const member of members) member.stop();
  await env.time.advance(20_000);
  await server.close();
}
