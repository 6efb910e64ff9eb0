import { decide, type Lease, type Observation } from '../leader-election/lease.ts';
import { assignShards } from './assign-shards.ts';

/** The Leases of one sharded operator, by what they are. */
export interface ShardLeases {
  /** Of members, which say who lives. */
  readonly members: readonly Lease[];
  /** Of shards, which say whose they are; absent where nobody had one yet. */
  readonly shards: ReadonlyMap<number, Lease>;
}

/** What a member knows when it decides. */
export interface ShardView extends ShardLeases {
  readonly count: number;
  readonly identity: string;
  readonly leaseDurationMs: number;
  /** Since when each member's Lease has been as it is, by its name. */
  readonly observations: ReadonlyMap<string, Observation>;
  /** Shards that this member works on, or is ending its work on. */
  readonly held: ReadonlySet<number>;
  /** Monotonic. */
  readonly nowMs: number;
}

/** What a member does about shards. */
export interface ShardPlan {
  /** Leases of members that have not renewed for as long as they promised. */
  readonly evict: readonly Lease[];
  /** Shards that are nobody's, or were meant to be ours already. */
  readonly take: readonly number[];
  /** Shards that we work on, and another should. */
  readonly drain: readonly number[];
  /** Leases of shards that are ours by name only. */
  readonly release: readonly Lease[];
}

/**
 * Decides what a member, whose own Lease holds, does about shards. Nobody takes a shard from a member that lives, or that
 * has not been evicted: eviction changes the member's Lease, so that its next renewal fails, and comes only when that
 * Lease has run out. So a shard has one owner at most.
 */
export function planShards(view: ShardView): ShardPlan {
  const { count, identity, members, shards, held } = view;
  const evict = members.filter((lease) => hasRunOut(lease, view));
  const present = members.map(holderOf).filter((holder) => holder !== '');
  const gone = new Set(evict.map(holderOf));
  const live = [...new Set([...present.filter((holder) => !gone.has(holder)), identity])].toSorted();
  const holders = new Map([...shards].map(([shard, lease]) => [shard, holderOf(lease)]));
  const assigned = assignShards(count, live, holders);
  const isMine = (shard: number): boolean => assigned.get(shard) === identity;
  const all = Array.from({ length: count }, (_, shard) => shard);
  return {
    evict,
    take: all.filter((shard) => isMine(shard) && !held.has(shard) && isFree(holders.get(shard), present, identity)),
    drain: all.filter((shard) => held.has(shard) && !isMine(shard)),
    release: [...shards]
      .filter(([shard, lease]) => holderOf(lease) === identity && !held.has(shard) && !isMine(shard))
      .map(([, lease]) => lease),
  };
}

/** Whether a shard may be taken: from nobody, from who is no member any more, or back from ourselves. */
function isFree(holder: string | undefined, present: readonly string[], identity: string): boolean {
  return holder === undefined || holder === '' || holder === identity || !present.includes(holder);
}

function hasRunOut(lease: Lease, { identity, leaseDurationMs, observations, nowMs }: ShardView): boolean {
  const observation = observations.get(lease.metadata.name);
  if (holderOf(lease) === '' || observation === undefined) return false;
  return decide(lease, { identity, leaseDurationMs }, observation, nowMs) === 'take';
}

function holderOf({ spec }: Lease): string {
  return spec?.holderIdentity ?? '';
}
