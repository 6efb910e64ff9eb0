import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { fenceposts, newReplicas, oldReplicas, proportionalReplicas, resolveIntOrPercent } from './replica-math.ts';

const spec = (replicas: number, maxSurge?: number | string, maxUnavailable?: number | string) => ({
  replicas,
  selector: {},
  template: { spec: { containers: [] } },
  strategy: {
    rollingUpdate: {
      ...(maxSurge === undefined ? {} : { maxSurge }),
      ...(maxUnavailable === undefined ? {} : { maxUnavailable }),
    },
  },
});

describe('fenceposts', () => {
  it.each([
    ['the default of 25% rounds surge up and unavailability down', spec(5), { maxSurge: 2, maxUnavailable: 1 }],
    ['numbers are taken as they are', spec(5, 1, 0), { maxSurge: 1, maxUnavailable: 0 }],
    ['both 0 would never move, so one may be unavailable', spec(5, 0, 0), { maxSurge: 0, maxUnavailable: 1 }],
    ['percentages that resolve to 0 both', spec(3, '0%', '20%'), { maxSurge: 0, maxUnavailable: 1 }],
    ['no more can be unavailable than there are', spec(2, 0, 9), { maxSurge: 0, maxUnavailable: 2 }],
    ['text that is no percentage counts as 0', spec(2, 'many', 1), { maxSurge: 0, maxUnavailable: 1 }],
  ])('%s', (_, given, expected) => {
    expect(fenceposts(given)).toEqual(expected);
  });

  it('resolves a percentage by rounding as asked', () => {
    expect(resolveIntOrPercent('10%', 15, 'up')).toBe(2);
    expect(resolveIntOrPercent('10%', 15, 'down')).toBe(1);
  });
});

describe('a rolling update', () => {
  it('ends, within its fenceposts at every step', () => {
    const counts = fc.record({
      replicas: fc.integer({ min: 0, max: 20 }),
      old: fc.array(fc.integer({ min: 0, max: 10 }), { maxLength: 3 }),
      maxSurge: fc.integer({ min: 0, max: 5 }),
      unavailable: fc.integer({ min: 0, max: 5 }),
      unready: fc.nat(3),
    });
    fc.assert(
      fc.property(counts, ({ replicas, old, maxSurge, unavailable, unready }) => {
        const maxUnavailable = maxSurge === 0 ? Math.max(1, unavailable) : unavailable;
        let fresh = { desired: 0, available: 0 };
        let rest = old.map((desired) => ({ desired, available: Math.max(0, desired - unready) }));
        const started = rest.reduce((sum, each) => sum + each.desired, 0);
        const least = Math.min(
          replicas - maxUnavailable,
          rest.reduce((sum, each) => sum + each.available, 0),
        );
        let most = 0;
        let fewest = Infinity;
        for (let step = 0; step < 200; step += 1) {
          const total = rest.reduce((sum, each) => sum + each.desired, 0) + fresh.desired;
          const wanted = newReplicas(replicas, fresh.desired, total, maxSurge);
          if (wanted === fresh.desired) {
            const next = oldReplicas(replicas, fresh, rest, maxUnavailable);
            rest = rest.map((each, at) => {
              const desired = next[at] ?? 0;
              return { desired, available: Math.min(each.available, desired) };
            });
          }
          fresh = { desired: wanted, available: fresh.available };
          const pods = rest.reduce((sum, each) => sum + each.desired, fresh.desired);
          const available = rest.reduce((sum, each) => sum + each.available, fresh.available);
          most = Math.max(most, pods);
          fewest = Math.min(fewest, available);
          // One new pod becomes available between two looks.
          fresh = { desired: fresh.desired, available: Math.min(fresh.desired, fresh.available + 1) };
        }
        expect(most).toBeLessThanOrEqual(Math.max(replicas + maxSurge, started));
        expect(fewest).toBeGreaterThanOrEqual(least);
        expect(fresh).toEqual({ desired: replicas, available: replicas });
        expect(rest.every((each) => each.desired === 0)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('takes no available old pod for new ones that are not', () => {
    const old = [{ desired: 3, available: 3 }];
    expect(oldReplicas(3, { desired: 1, available: 0 }, old, 0)).toEqual([3]);
    expect(oldReplicas(3, { desired: 1, available: 1 }, old, 0)).toEqual([2]);
  });

  it('takes unavailable old pods first', () => {
    const old = [
      { desired: 2, available: 2 },
      { desired: 1, available: 0 },
    ];
    expect(oldReplicas(2, { desired: 1, available: 0 }, old, 0)).toEqual([2, 0]);
  });
});

describe('proportional scaling', () => {
  it.each([
    [[10, 5], 21, [14, 7]],
    [[8, 2], 5, [4, 1]],
    [[3, 3], 0, [0, 0]],
    [[0, 0], 4, [0, 0]],
  ])('spreads %j over %i as %j', (current, allowed, expected) => {
    expect(proportionalReplicas(current, allowed)).toEqual(expected);
  });

  it('gives out exactly what is allowed', () => {
    const counts = fc.array(fc.nat(30), { minLength: 1, maxLength: 4 }).filter((all) => all.some((each) => each > 0));
    fc.assert(
      fc.property(counts, fc.nat(100), (current, allowed) => {
        const next = proportionalReplicas(current, allowed);
        expect(next.reduce((sum, each) => sum + each, 0)).toBe(allowed);
        expect(next.every((each) => each >= 0)).toBe(true);
      }),
    );
  });
});
