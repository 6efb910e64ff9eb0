import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Point } from '../../tsdb/series.ts';
import { countChanges, countResets, extrapolatedChange, instantChange, linearRegression } from './rate.ts';

const counter = { isCounter: true, isRate: false };
const gauge = { isCounter: false, isRate: false };

/** `[seconds, value]` pairs as points. */
function points(...pairs: readonly (readonly [seconds: number, value: number])[]): Point[] {
  return pairs.map(([seconds, value]) => ({ timeMs: seconds * 1000, value }));
}

function window(startSeconds: number, endSeconds: number): { startMs: number; endMs: number } {
  return { startMs: startSeconds * 1000, endMs: endSeconds * 1000 };
}

describe('extrapolated change', () => {
  it.each([
    ['has no result from no sample', points(), window(0, 60), undefined],
    ['has no result from one sample', points([30, 5]), window(0, 60), undefined],
    ['is exact when samples reach both ends', points([0, 100], [30, 105], [60, 110]), window(0, 60), 10],
    // 5 in 30 s; both gaps are 15 s, below 1.1 * 30 s: 5 * 60 / 30.
    ['fills gaps up to 1.1 sample distances', points([15, 100], [45, 105]), window(0, 60), 10],
    // 6 in 30 s; a gap of 32 s counts whole: 6 * 62 / 30. One of 34 s counts as 15 s: 6 * 45 / 30.
    ['takes a gap just below 1.1 distances for jitter', points([32, 100], [62, 106]), window(0, 62), 12.4],
    ['takes a gap just above 1.1 distances for a late start', points([34, 100], [64, 106]), window(0, 64), 9],
    // 5 in 10 s; the gaps of 20 s and 30 s count as 5 s each: 5 * 20 / 10.
    ['fills longer gaps by half a distance', points([20, 100], [30, 105]), window(0, 60), 10],
    // 10 in 10 s from 2: zero was 2 s ago, and not the 5 s of half a distance; at the end 5 s: 10 * 17 / 10.
    ['does not go below zero', points([20, 2], [30, 12]), window(0, 60), 17],
    // 2, then a reset and 3 more: (3 - 8) + 10 = 5 in 40 s, exact at both ends.
    ['counts from zero after a reset', points([0, 8], [20, 10], [40, 3]), window(0, 40), 5],
    ['is zero for a flat counter', points([10, 7], [50, 7]), window(0, 60), 0],
  ])('of a counter %s', (_case, samples, range, expected) => {
    const change = extrapolatedChange(samples, range, counter);
    expect(change).toEqual(expected === undefined ? undefined : expect.closeTo(expected, 9));
  });

  it('of a gauge may fall, and be extrapolated below zero', () => {
    expect(extrapolatedChange(points([15, 10], [45, 5]), window(0, 60), gauge)).toBe(-10);
  });

  it('of a rate is the increase per second of the window', () => {
    const samples = points([15, 100], [45, 105]);
    expect(extrapolatedChange(samples, window(0, 60), { isCounter: true, isRate: true })).toBeCloseTo(10 / 60, 12);
  });

  it('of a steadily growing counter is its growth, wherever the window lies', () => {
    const start = fc.integer({ min: 0, max: 30_000 });
    fc.assert(
      fc.property(start, fc.integer({ min: 5000, max: 60_000 }), (startMs, lengthMs) => {
        // One a second since long ago, scraped each second.
        const samples: Point[] = [];
        for (let timeMs = Math.ceil(startMs / 1000) * 1000; timeMs <= startMs + lengthMs; timeMs += 1000)
          samples.push({ timeMs, value: 1000 + timeMs / 1000 });
        const increase = extrapolatedChange(samples, { startMs, endMs: startMs + lengthMs }, counter);
        expect(increase).toBeCloseTo(lengthMs / 1000, 6);
      }),
    );
  });

  it('never falls when a counter only grows or resets', () => {
    const values = fc.array(fc.nat(1000), { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(values, (all) => {
        const samples = all.map((value, index) => ({ timeMs: index * 1000, value }));
        const increase = extrapolatedChange(samples, { startMs: -500, endMs: all.length * 1000 }, counter) ?? -1;
        expect(increase).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('other changes', () => {
  it.each([
    ['irate of growth', points([0, 1], [10, 5], [14, 13]), true, 2],
    ['irate after a reset', points([0, 100], [4, 2]), true, 0.5],
    ['idelta of a fall', points([0, 100], [4, 2]), false, -98],
    ['irate of one sample', points([0, 100]), true, undefined],
  ])('%s', (_case, samples, isRate, expected) => {
    expect(instantChange(samples, isRate)).toBe(expected);
  });

  it('counts changes and resets', () => {
    const samples = points([0, 1], [1, 1], [2, Number.NaN], [3, Number.NaN], [4, 5], [5, 3], [6, 0]);
    expect([countChanges(samples), countResets(samples)]).toEqual([4, 2]);
  });

  it('fits a line by least squares', () => {
    expect(linearRegression(points([0, 1], [1, 3], [2, 5]), 10_000)).toEqual({ slope: 2, intercept: 21 });
    expect(linearRegression(points([0, 4], [9, 4]), 0)).toEqual({ slope: 0, intercept: 4 });
    // (0,0) (1,1) (2,1): mean 1 and 2/3, covariance 1, spread 2.
    const { slope, intercept } = linearRegression(points([0, 0], [1, 1], [2, 1]), 0);
    expect([slope, intercept]).toEqual([0.5, expect.closeTo(1 / 6, 12)]);
  });
});
