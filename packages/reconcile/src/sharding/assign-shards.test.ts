import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { assignShards, shardOf } from './assign-shards.ts';

const members = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 6 });
const held = fc.array(fc.nat(9), { maxLength: 24 });
const loads = (assigned: ReadonlyMap<number, string>, all: readonly string[]): readonly number[] =>
  all.map((member) => [...assigned.values()].filter((owner) => owner === member).length);

describe('the assignment of shards', () => {
  it('gives each shard to one member, evenly, whoever held what', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 24 }), members, held, (count, all, rows) => {
        const holders = new Map(rows.map((pick, shard) => [shard, all[pick] ?? 'nobody']));
        const assigned = assignShards(count, all, holders);
        expect([...assigned.keys()].toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
        expect([...assigned.values()].filter((owner) => !all.includes(owner))).toEqual([]);
        const each = loads(assigned, all);
        expect(Math.max(...each) - Math.min(...each)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('moves nothing when it is asked again, in whatever order members are named', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 24 }), members, (count, all) => {
        const assigned = assignShards(count, all, new Map());
        expect(assignShards(count, all.toReversed(), new Map())).toEqual(assigned);
        expect(assignShards(count, all, assigned)).toEqual(assigned);
      }),
    );
  });

  it('moves no more than it must when a member comes or goes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 24 }), members, (count, all) => {
        const before = assignShards(count, all, new Map());
        const moved = (after: ReadonlyMap<number, string>): number =>
          [...after].filter(([shard, owner]) => before.get(shard) !== owner).length;
        const joined = assignShards(count, [...all, 'newcomer'], before);
        expect(moved(joined)).toBe(loads(joined, ['newcomer'])[0]);
        const [gone = '', ...rest] = all;
        if (rest.length > 0) expect(moved(assignShards(count, rest, before))).toBe(loads(before, [gone])[0]);
      }),
    );
  });
});

describe('the shard of a key', () => {
  it('is the same in every release', () => {
    const keys = [{ name: 'a' }, { namespace: 'n', name: 'a' }, { namespace: 'prod', name: 'web-7' }];
    expect(keys.map((key) => shardOf(key, 16))).toMatchInlineSnapshot(`
      [
        3,
        10,
        13,
      ]
    `);
  });

  it('spreads keys that are alike', () => {
    const counts = Array.from({ length: 8 }, () => 0);
    for (let index = 0; index < 8000; index += 1) {
      const shard = shardOf({ namespace: 'default', name: `website-${index}` }, 8);
      counts[shard] = (counts[shard] ?? 0) + 1;
    }
    expect(Math.min(...counts)).toBeGreaterThan(850);
    expect(Math.max(...counts)).toBeLessThan(1150);
  });
});
