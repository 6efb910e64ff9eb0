import { describe, expect, it } from 'vitest';

import type { Lease, Observation } from '../leader-election/lease.ts';
import { planShards, type ShardView } from './plan-shards.ts';

const lease = (name: string, holderIdentity: string): Lease => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { namespace: 'n', name },
  spec: { holderIdentity, leaseDurationSeconds: 15 },
});
const seen = (secondsAgo: number): Observation => ({ fingerprint: '', seenAtMs: 100_000 - secondsAgo * 1000 });

/** @param members who they are, and how long ago each has renewed; @param shards who holds each. */
function view(
  members: Readonly<Record<string, number>>,
  shards: readonly string[],
  more: Partial<ShardView> = {},
): ShardView {
  const names = Object.keys(members);
  return {
    count: 4,
    identity: 'me',
    leaseDurationMs: 15_000,
    members: names.map((member, place) => lease(`l-member-${place}`, member)),
    shards: new Map(shards.map((holder, shard) => [shard, lease(`l-shard-${shard}`, holder)])),
    observations: new Map(names.map((member, place) => [`l-member-${place}`, seen(members[member] ?? 0)])),
    held: new Set(shards.flatMap((holder, shard) => (holder === 'me' ? [shard] : []))),
    nowMs: 100_000,
    ...more,
  };
}
const planned = (seenNow: ShardView): unknown => {
  const { evict, take, drain, release } = planShards(seenNow);
  const names = (leases: readonly Lease[]): readonly string[] => leases.map(({ metadata }) => metadata.name);
  return { evict: names(evict), take, drain, release: names(release) };
};
const nothing = { evict: [], take: [], drain: [], release: [] };

describe('what a member does about shards', () => {
  it.each<[string, ShardView, object]>([
    ['takes all when it is alone', view({ me: 0 }, []), { take: [0, 1, 2, 3] }],
    ['does nothing at rest', view({ me: 0, you: 0 }, ['me', 'you', 'me', 'you']), {}],
    [
      'leaves to others what they live by',
      view({ me: 0, you: 14 }, ['you', 'you', 'you', 'you'], { held: new Set() }),
      {},
    ],
    [
      'gives up what is above its share',
      view({ me: 0, you: 0 }, ['me', 'me', 'me', 'you']),
      { drain: [expect.any(Number)] },
    ],
    [
      'evicts who has not renewed for as long as it promised, and takes nothing of it before that is done',
      view({ me: 0, you: 16 }, ['me', 'you', 'me', 'you']),
      { evict: ['l-member-1'] },
    ],
    ['takes what an evicted member had', view({ me: 0, '': 0 }, ['me', 'you', 'me', 'you']), { take: [1, 3] }],
    ['takes what was released, if it is its own now', view({ me: 0 }, ['me', '', 'me', 'me']), { take: [1] }],
    [
      'takes again what bears its name although it has not heard of it',
      view({ me: 0, you: 0 }, ['me', 'me', 'you', 'you'], { held: new Set([0]) }),
      { take: [1] },
    ],
    [
      'releases what bears its name, is another’s by now, and is not worked on any more',
      view({ me: 0, you: 0 }, ['me', 'me', 'me', 'me'], { held: new Set([0, 1, 2]) }),
      { drain: [expect.any(Number)], release: ['l-shard-3'] },
    ],
    [
      'knows itself to live, whatever its own Lease seems to say',
      view({ you: 0 }, ['you', 'you', '', '']),
      { take: [2, 3] },
    ],
  ])('%s', (_what, seenNow, expected) => {
    const plan = planned(seenNow) as typeof nothing;
    // Which one moves is for the hash to say.
    if ('release' in expected) expect(plan.release.length + plan.drain.length).toBe(2);
    else expect(plan).toEqual({ ...nothing, ...expected });
  });
});
