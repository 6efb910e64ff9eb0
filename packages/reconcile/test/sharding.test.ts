import { describe, expect, it } from 'vitest';

import { leaseKind } from '@canaryop/reconcile/leader-election';

import { count, disturbedRing, loads, owners, ring } from './shard-members.ts';

describe('members of a sharded operator', () => {
  it('divide shards evenly, a newcomer too, and move no more than its share', async () => {
    const { env, server, join } = ring();
    const first = join('a');
    await env.time.advance(100);
    expect(loads([first])).toEqual([8]);
    const second = join('b');
    await env.time.advance(5000);
    expect(loads([first, second])).toEqual([4, 4]);
    const before = owners([first, second]);
    const third = join('c');
    await env.time.advance(5000);
    const all = [first, second, third];
    expect(loads(all)).toEqual([2, 3, 3]);
    expect(owners(all).filter((owner, shard) => owner[0] !== before[shard]?.[0])).toHaveLength(third.writable.length);
    for (const member of all) member.stop();
    await env.time.advance(100);
    await server.close();
  });

  it('write at rest nothing but one renewal each, and read one list', async () => {
    const { env, server, wire, join } = ring();
    const members = ['a', 'b'].map(join);
    await env.time.advance(20_000);
    expect(loads(members)).toEqual([4, 4]);
    const [writes, reads] = [wire.writes.length, wire.reads.length];
    await env.time.advance(60_000);
    const renewals = wire.writes.slice(writes);
    expect(renewals.filter((write) => !/^PATCH .*\/leases\/op-member-\d$/u.test(write))).toEqual([]);
    expect(renewals.length).toBeLessThanOrEqual(2 * 31);
    expect(wire.reads.length - reads).toBeLessThanOrEqual(2 * 31);
    for (const member of members) member.stop();
    await env.time.advance(100);
    await server.close();
  });

  it('take over what one that died had, within its lease and one period', async () => {
    const { env, server, join } = ring();
    const [first, second] = [join('a'), join('b')];
    await env.time.advance(10_000);
    expect(loads([first, second])).toEqual([4, 4]);
    second.pause();
    const diedAtMs = env.clock.monotonic();
    await env.time.until(() => first.writable.length === 8);
    expect(env.clock.monotonic() - diedAtMs).toBeLessThan(15_000 + 2 * 2000 + 100);
    expect(second.writable).toEqual([]);
    // It awakes, finds that it was evicted, and does not come back under its old name.
    second.resume();
    await env.time.advance(10_000);
    expect([await second.ended, second.writable, loads([first])]).toEqual(['lost', [], [8]]);
    first.stop();
    await env.time.advance(100);
    await server.close();
  });

  it('have at once what one that stops in order had', async () => {
    const { env, server, join } = ring();
    const [first, second] = [join('a'), join('b')];
    await env.time.advance(10_000);
    const stoppedAtMs = env.clock.monotonic();
    second.stop();
    await env.time.until(() => first.writable.length === 8);
    expect(env.clock.monotonic() - stoppedAtMs).toBeLessThanOrEqual(2100);
    expect(await second.ended).toBe('stopped');
    first.stop();
    await env.time.advance(100);
    await server.close();
  });

  it('stand by when there are as many members as shards', async () => {
    const { env, server, join } = ring();
    const members = Array.from({ length: count }, (_, index) => join(`m${index}`));
    await env.time.advance(30_000);
    expect(loads(members)).toEqual(members.map(() => 1));
    const spare = join('spare');
    await env.time.advance(10_000);
    expect(spare.writable).toEqual([]);
    members[3]?.stop();
    await env.time.until(() => spare.writable.length === 1, 30_000);
    for (const member of [...members, spare]) member.stop();
    await env.time.advance(100);
    const leases = server.loopback.list(leaseKind).map(({ metadata }) => metadata.name);
    expect(leases).toHaveLength(2 * count);
    await server.close();
  });

  it('are never two owners of a shard, whatever the network and the processes do for a while', async () => {
    await disturbedRing(3, 60);
  });
});
