import type { ObjectKey } from '../object/object-key.ts';

/** On all Leases of one sharded operator; its value is the start of their names. */
export const shardingLabel = 'reconcile.canaryop.io/sharding';

/** The labels of its Leases. */
export function shardingLabels({ name }: ObjectKey): Readonly<Record<string, string>> {
  return { [shardingLabel]: name };
}

/** The Lease that says whose a shard is. */
export function shardLease(lease: ObjectKey, shard: number): ObjectKey {
  return { ...lease, name: `${lease.name}-shard-${shard}` };
}

/** One of the Leases of which each member holds one, for as long as it lives. */
export function memberLease(lease: ObjectKey, place: number): ObjectKey {
  return { ...lease, name: `${lease.name}-member-${place}` };
}

/** All Leases of a sharded operator: there is no use for more members than shards. */
export function leasesOf(lease: ObjectKey, shards: number): readonly ObjectKey[] {
  const numbers = Array.from({ length: shards }, (_, index) => index);
  return [...numbers.map((place) => memberLease(lease, place)), ...numbers.map((shard) => shardLease(lease, shard))];
}
