import type { Client } from '../client/client.ts';
import { FencedError, type Fence } from '../client/fence.ts';
import { createClient, type ClientOptions } from '../client/http-client.ts';
import { uuid } from '../env/random.ts';
import { LeaderElector } from '../leader-election/leader-elector.ts';
import { leaderMetrics } from '../metrics/client-metrics.ts';
import type { MetricsRegistry } from '../metrics/registry.ts';
import { memberLease, OwnedShards, ShardKeeper, shardingLabels, shardLease } from '../sharding/index.ts';
import type { LeaderElectionOptions, ShardingOptions } from './manager-options.ts';

/** The lease was lost while working. The manager has stopped; start the process anew, it then waits for its turn. */
export class LeadershipLostError extends Error {
  override readonly name = 'LeadershipLostError';
}

const defaultTimeoutMs = 10_000;
const defaults = { leaseDurationMs: 15_000, retryPeriodMs: 2000 };

/** Who may write, and when. */
export interface Leadership {
  /** For the leader's work: it writes only while the lease certainly holds. Without an election, always. */
  readonly client: Client;
  /** Not fenced: for the election itself, for events, and for what runs on every replica. */
  readonly freeClient: Client;
  readonly elector: LeaderElector | undefined;
  /** How a client is made that writes only while this process leads. */
  readonly clientOptions: ClientOptions;
  /** Present where several lead, each some shards. */
  readonly shards: { readonly owned: OwnedShards; readonly keeper: ShardKeeper } | undefined;
}

/** What decides about who leads. */
export interface LeadershipOptions {
  readonly election?: LeaderElectionOptions;
  readonly sharding?: ShardingOptions;
  /** The start of the holder's identity; a UUID follows, so that a restarted pod is somebody else. */
  readonly instance: string;
  readonly registry: MetricsRegistry;
  readonly drainMs: number;
}

/** Makes what this process leads by. Throws for an election and shards at once, and for requests that outlive a lease. */
export function leadership(clientOptions: ClientOptions, options: LeadershipOptions): Leadership {
  const { election, sharding, instance, registry } = options;
  const freeClient = createClient(clientOptions);
  const leading = election ?? sharding;
  if (leading === undefined)
    return { client: freeClient, freeClient, clientOptions, elector: undefined, shards: undefined };
  if (election !== undefined && sharding !== undefined)
    throw new Error('leaderElection and sharding exclude each other: each shard has a leader of its own');
  const { env, timeoutMs = defaultTimeoutMs } = clientOptions;
  const { leaseDurationMs = defaults.leaseDurationMs } = leading;
  if (timeoutMs >= leaseDurationMs)
    throw new Error(`requestTimeoutMs ${timeoutMs} must be shorter than leaseDurationMs ${leaseDurationMs}`);
  const identity = `${instance}_${uuid(env.random)}`;
  const leaseClient = createClient({ ...clientOptions, pool: 'leases' });
  if (sharding !== undefined)
    return shardedLeadership(clientOptions, { ...options, sharding, identity, freeClient, leaseClient });
  const tell = leaderMetrics(registry, [leading.lease.name]);
  const elector = new LeaderElector({
    ...leading,
    env,
    client: leaseClient,
    identity,
    onChange: (isLeader) => {
      tell(leading.lease.name, isLeader);
    },
  });
  const fenced = { ...clientOptions, fence: elector.fence };
  return { client: createClient(fenced), freeClient, clientOptions: fenced, elector, shards: undefined };
}

function shardedLeadership(
  clientOptions: ClientOptions,
  options: LeadershipOptions & {
    readonly sharding: ShardingOptions;
    readonly identity: string;
    readonly freeClient: Client;
    readonly leaseClient: Client;
  },
): Leadership {
  const { sharding, identity, freeClient, leaseClient, registry, drainMs } = options;
  const { env, timeoutMs = defaultTimeoutMs } = clientOptions;
  const { shards: count, lease } = sharding;
  if (!Number.isInteger(count) || count < 1)
    throw new Error(`sharding.shards must be a whole number of at least 1, not ${count}`);
  const numbers = Array.from({ length: count }, (_, index) => index);
  const [first = lease, ...places] = numbers.map((place) => memberLease(lease, place));
  const elector = new LeaderElector({
    ...sharding,
    env,
    client: leaseClient,
    identity,
    lease: first,
    places,
    labels: shardingLabels(lease),
  });
  const nameOf = (shard: number): string => shardLease(lease, shard).name;
  const tell = leaderMetrics(registry, numbers.map(nameOf));
  const owned = new OwnedShards({
    count,
    clientWith: (fence) => createClient({ ...clientOptions, fence: both(elector.fence, fence) }),
    onChange: (shard, isOurs) => {
      tell(nameOf(shard), isOurs);
    },
  });
  const keeper = new ShardKeeper({
    ...defaults,
    ...sharding,
    env,
    client: leaseClient,
    owned,
    identity,
    drainMs,
    requestTimeoutMs: timeoutMs,
  });
  const fenced = { ...clientOptions, fence: ofNoShard };
  return { client: createClient(fenced), freeClient, clientOptions: fenced, elector, shards: { owned, keeper } };
}

const both =
  (...fences: readonly Fence[]): Fence =>
  () => {
    for (const fence of fences) fence();
  };

const ofNoShard: Fence = () => {
  throw new FencedError(
    'not sent: with sharding only the client that a reconcile is given writes, in the shard of its key',
  );
};
