/** Keys divided among processes: each shard of them has one owner, and each owner a Lease that says that it lives. */
export { assignShards, shardOf } from './assign-shards.ts';
export { OwnedShards, type KeyShards, type ShardEntry } from './owned-shards.ts';
export { planShards, type ShardLeases, type ShardPlan, type ShardView } from './plan-shards.ts';
export { ShardKeeper, type ShardKeeperOptions } from './shard-keeper.ts';
export { leasesOf, memberLease, shardingLabel, shardingLabels, shardLease } from './shard-leases.ts';
