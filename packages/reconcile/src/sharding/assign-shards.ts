import { keyText, type ObjectKey } from '../object/object-key.ts';

/** FNV-1a, its bits mixed once more: keys differ mostly in their last characters. The same in every release, for ever. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Which of `count` shards a key belongs to. It depends on nothing else, so all members agree on it. */
export function shardOf(key: ObjectKey, count: number): number {
  return hashOf(keyText(key)) % count;
}

/**
 * Divides shards among members so that no two differ by more than one, and as few as possible move: a member keeps what
 * it holds up to its share, and what is free goes where it fits, by rendezvous hashing. All that see the same come to the
 * same result.
 * @param holders of shards, by shard; those that are no members hold nothing.
 */
export function assignShards(
  count: number,
  members: readonly string[],
  holders: ReadonlyMap<number, string>,
): ReadonlyMap<number, string> {
  const assigned = new Map<number, string>();
  if (members.length === 0) return assigned;
  const shards = Array.from({ length: count }, (_, shard) => shard);
  const rank = (shard: number, member: string): number => hashOf(`${shard}/${member}`);
  const held = new Map(members.map((member) => [member, shards.filter((shard) => holders.get(shard) === member)]));
  const room = sharesOf(count, held);
  for (const [member, own] of held) {
    const kept = own.toSorted((a, b) => rank(b, member) - rank(a, member) || a - b).slice(0, room.get(member) ?? 0);
    for (const shard of kept) assigned.set(shard, member);
    room.set(member, (room.get(member) ?? 0) - kept.length);
  }
  for (const shard of shards) {
    if (assigned.has(shard)) continue;
    const [best] = members
      .filter((member) => (room.get(member) ?? 0) > 0)
      .toSorted((a, b) => rank(shard, b) - rank(shard, a) || (a < b ? -1 : 1));
    if (best === undefined) continue;
    assigned.set(shard, best);
    room.set(best, (room.get(best) ?? 0) - 1);
  }
  return assigned;
}

/** How many shards each member may have; those that hold the most get the odd ones. */
function sharesOf(count: number, held: ReadonlyMap<string, readonly number[]>): Map<string, number> {
  const least = Math.floor(count / held.size);
  const odd = count % held.size;
  const order = [...held].toSorted(([a, own], [b, other]) => other.length - own.length || (a < b ? -1 : 1));
  return new Map(order.map(([member], index) => [member, index < odd ? least + 1 : least]));
}
