import { isAlreadyExists, isConflict, isNotFound } from '../client/api-error.ts';
import type { Client } from '../client/client.ts';
import { startDeadline } from '../env/deadline.ts';
import type { Env } from '../env/env.ts';
import { aborted, sleep } from '../env/timers.ts';
import { heldSpec, leaseKind, observe, releasedSpec, type Lease, type Observation } from '../leader-election/lease.ts';
import type { ObjectKey } from '../object/object-key.ts';
import { present } from '../object/present.ts';
import { apiVersionOf } from '../object/resource-kind.ts';
import type { OwnedShards } from './owned-shards.ts';
import { planShards, type ShardLeases, type ShardPlan } from './plan-shards.ts';
import { memberLease, shardingLabel, shardingLabels, shardLease } from './shard-leases.ts';

/** What a keeper of shards needs. */
export interface ShardKeeperOptions {
  readonly env: Env;
  /** Not fenced by shards. */
  readonly client: Pick<Client, 'list' | 'create' | 'patch'>;
  readonly owned: OwnedShards;
  /** The start of all Leases' names. */
  readonly lease: ObjectKey;
  /** Of this process, as in the member's Lease that it holds. */
  readonly identity: string;
  readonly leaseDurationMs: number;
  readonly retryPeriodMs: number;
  /** How long work in a shard that another should have may take to end, before it is aborted. */
  readonly drainMs: number;
  /** How long a request may be under way: what was sent in a shard has arrived, or never will, after that. */
  readonly requestTimeoutMs: number;
}

/**
 * Takes and gives up shards while this process is a member. It looks at all Leases once in a retry period, by one list,
 * and writes only when a shard changes hands.
 */
export class ShardKeeper {
  readonly #options: ShardKeeperOptions;
  readonly #draining = new Map<number, Promise<void>>();
  #observations = new Map<string, Observation>();
  #wake: () => void = () => undefined;

  constructor(options: ShardKeeperOptions) {
    this.#options = options;
  }

  /** Runs until `signal` aborts. Never rejects: a server that is away is waited for, and the member's Lease decides. */
  async run(signal: AbortSignal): Promise<void> {
    const { env, retryPeriodMs } = this.#options;
    while (!signal.aborted) {
      let isDone = true;
      try {
        isDone = await this.#turn(signal);
      } catch (error) {
        if (!signal.aborted) env.log.warn('shards could not be looked after', { error });
      }
      if (!isDone) continue;
      const wake = new AbortController();
      this.#wake = () => {
        wake.abort();
      };
      const stop = (): void => {
        wake.abort();
      };
      signal.addEventListener('abort', stop, { once: true });
      if (signal.aborted) stop();
      await sleep(env.timers, retryPeriodMs, wake.signal);
      signal.removeEventListener('abort', stop);
    }
    await Promise.all(this.#draining.values());
  }

  /** One look and what follows from it. False when it should look again at once. */
  async #turn(signal: AbortSignal): Promise<boolean> {
    const leases = await this.#look(signal);
    const plan = planShards({ ...this.#options, ...leases, ...this.#memory() });
    for (const shard of plan.drain) this.#giveUp(shard, signal);
    const freed = await this.#evict(plan, signal);
    for (const lease of plan.release) await this.#write(lease, releasedSpec, signal);
    // What the evicted had is taken at the next look, which shows that they are gone.
    for (const shard of plan.take) await this.#take(shard, leases.shards.get(shard), signal);
    return !freed;
  }

  #memory(): Pick<Parameters<typeof planShards>[0], 'count' | 'observations' | 'held' | 'nowMs'> {
    const { env, owned } = this.#options;
    const held = new Set(owned.held);
    return { count: owned.count, observations: this.#observations, held, nowMs: env.clock.monotonic() };
  }

  async #look(signal: AbortSignal): Promise<ShardLeases> {
    const { env, client, owned, lease } = this.#options;
    const which = present({ namespace: lease.namespace, labelSelector: `${shardingLabel}=${lease.name}` });
    const list = await this.#bounded(signal, (limit) => client.list(leaseKind, which, limit));
    const named = new Map(list.map((each) => [each.metadata.name, each]));
    const numbers = Array.from({ length: owned.count }, (_, index) => index);
    const members = numbers.flatMap((index) => named.get(memberLease(lease, index).name) ?? []);
    const nowMs = env.clock.monotonic();
    this.#observations = new Map(
      members.map((each) => {
        const { name } = each.metadata;
        return [name, observe(this.#observations.get(name), each, nowMs)] as const;
      }),
    );
    const shards = new Map<number, Lease>();
    for (const index of numbers) {
      const found = named.get(shardLease(lease, index).name);
      if (found !== undefined) shards.set(index, found);
    }
    return { members, shards };
  }

  /** Whether anybody was evicted. */
  async #evict({ evict }: ShardPlan, signal: AbortSignal): Promise<boolean> {
    let hasEvicted = false;
    for (const lease of evict) {
      const holder = lease.spec?.holderIdentity;
      if ((await this.#write(lease, releasedSpec, signal)) === undefined) continue;
      hasEvicted = true;
      this.#options.env.log.info('a member has not renewed its lease; its shards are free', { member: holder });
    }
    return hasEvicted;
  }

  async #take(shard: number, lease: Lease | undefined, signal: AbortSignal): Promise<void> {
    const { env, owned, lease: base, identity } = this.#options;
    const taken = (nowMs: number): Lease['spec'] => heldSpec(lease?.spec, this.#options, nowMs);
    const answer =
      lease === undefined
        ? await this.#create(shard, taken, signal)
        : await this.#write(lease, (_spec, nowMs) => taken(nowMs), signal);
    if (answer === undefined || signal.aborted) return;
    owned.acquire(shard);
    env.log.info('took a shard', { lease: shardLease(base, shard).name, identity });
  }

  /** Lets the work in a shard end, then closes it; the next look releases its Lease. */
  #giveUp(shard: number, signal: AbortSignal): void {
    if (this.#draining.has(shard)) return;
    const { env, owned, drainMs, requestTimeoutMs, lease } = this.#options;
    const drain = async (): Promise<void> => {
      const deadline = startDeadline(env.timers, drainMs, signal);
      await Promise.race([owned.drain(shard), aborted(deadline.signal)]);
      deadline.end();
      const isIdle = owned.close(shard);
      if (!isIdle) await sleep(env.timers, requestTimeoutMs, signal);
      env.log.info('gave up a shard', { lease: shardLease(lease, shard).name });
    };
    const done = drain().finally(() => {
      this.#draining.delete(shard);
      this.#wake();
    });
    this.#draining.set(shard, done);
  }

  #create(shard: number, spec: (nowMs: number) => Lease['spec'], signal: AbortSignal): Promise<Lease | undefined> {
    const { client, lease, env } = this.#options;
    const metadata = { ...shardLease(lease, shard), labels: shardingLabels(lease) };
    const state = spec(env.clock.now());
    const object: Lease = {
      apiVersion: apiVersionOf(leaseKind),
      kind: 'Lease',
      metadata,
      ...(state === undefined ? {} : { spec: state }),
    };
    return this.#send(signal, (limit) => client.create(leaseKind, object, limit));
  }

  #write(
    lease: Lease,
    spec: (previous: Lease['spec'], nowMs: number) => Lease['spec'],
    signal: AbortSignal,
  ): Promise<Lease | undefined> {
    const { client, env } = this.#options;
    const next = spec(lease.spec, env.clock.now());
    return this.#send(signal, (limit) => client.patch(leaseKind, lease, { spec: next }, limit));
  }

  /** The answer; undefined when somebody was faster. */
  async #send(signal: AbortSignal, request: (limit: AbortSignal) => Promise<Lease>): Promise<Lease | undefined> {
    try {
      return await this.#bounded(signal, request);
    } catch (error) {
      if (isConflict(error) || isAlreadyExists(error) || isNotFound(error)) return undefined;
      throw error;
    }
  }

  async #bounded<T>(signal: AbortSignal, request: (limit: AbortSignal) => Promise<T>): Promise<T> {
    const { env, requestTimeoutMs } = this.#options;
    const deadline = startDeadline(env.timers, requestTimeoutMs, signal);
    try {
      return await request(deadline.signal);
    } finally {
      deadline.end();
    }
  }
}
