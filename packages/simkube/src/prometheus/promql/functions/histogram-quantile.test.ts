import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Labels } from '../../labels.ts';
import { bucketQuantile, histogramQuantile, type Bucket } from './histogram-quantile.ts';

const infinity = Number.POSITIVE_INFINITY;

function buckets(...pairs: readonly (readonly [upperBound: number, count: number])[]): Bucket[] {
  return pairs.map(([upperBound, count]) => ({ upperBound, count }));
}

const normal = buckets([1, 10], [2, 30], [5, 40], [infinity, 40]);

describe('the quantile of a classic histogram', () => {
  it.each<[string, number, readonly Bucket[], number]>([
    // Rank 20 of 40 is the 10th of 20 in (1, 2].
    ['interpolates within a bucket', 0.5, normal, 1.5],
    // Rank 5 is the 5th of 10 in (0, 1].
    ['starts the lowest bucket at zero', 0.125, normal, 0.5],
    // Rank 10 is the last of the first bucket.
    ['ends a bucket at its bound', 0.25, normal, 1],
    ['is 0 at quantile 0', 0, normal, 0],
    ['is the greatest finite bound at quantile 1', 1, normal, 5],
    ['is the greatest finite bound in the +Inf bucket', 0.9, buckets([1, 1], [infinity, 10]), 1],
    ['is the bound of a lowest bucket that is not positive', 0.1, buckets([-2, 5], [0, 10], [infinity, 10]), -2],
    // Rank 7.5 is halfway in (-2, 0].
    ['interpolates between negative bounds', 0.75, buckets([-2, 5], [0, 10], [infinity, 10]), -1],
    ['takes buckets in any order', 0.5, [...normal].reverse(), 1.5],
    ['adds up equal bounds', 0.5, buckets([1, 5], [1, 5], [2, 30], [5, 40], [infinity, 40]), 1.5],
    // The 20 at 1 lifts the 10 at 2; rank 30 is halfway between that and the 40 at 4.
    ['lifts a count that falls', 0.75, buckets([1, 20], [2, 10], [4, 40], [infinity, 40]), 3],
    ['is NaN at quantile 0 above an empty lowest bucket', 0, buckets([1, 0], [infinity, 1]), Number.NaN],
    ['is NaN without a +Inf bucket', 0.5, buckets([1, 10], [2, 30]), Number.NaN],
    ['is NaN with one bucket', 0.5, buckets([infinity, 10]), Number.NaN],
    ['is NaN with no observation', 0.5, buckets([1, 0], [infinity, 0]), Number.NaN],
    ['is NaN with no bucket', 0.5, [], Number.NaN],
    ['is -Inf below 0', -0.1, normal, Number.NEGATIVE_INFINITY],
    ['is +Inf above 1', 1.1, normal, infinity],
    ['is NaN at NaN', Number.NaN, normal, Number.NaN],
  ])('%s', (_case, phi, histogram, expected) => {
    expect(bucketQuantile(phi, histogram)).toBe(expected);
  });

  it('never falls as the quantile rises, and stays within the bounds', () => {
    const counts = fc.array(fc.nat(50), { minLength: 2, maxLength: 8 }).filter((all) => all.some((count) => count > 0));
    // At exactly 0 an empty lowest bucket makes 0/0, in Prometheus too.
    const phi = fc.double({ min: 0.001, max: 1, noNaN: true });
    fc.assert(
      fc.property(counts, phi, phi, (all, left, right) => {
        let total = 0;
        const histogram = all.map((count, index) => {
          total += count;
          return { upperBound: index === all.length - 1 ? infinity : index + 1, count: total };
        });
        const [low, high] = [Math.min(left, right), Math.max(left, right)].map((at) => bucketQuantile(at, histogram));
        expect(low).toBeLessThanOrEqual((high ?? 0) + 1e-9);
        expect(high).toBeLessThanOrEqual(all.length - 1);
      }),
    );
  });

  it('is computed for each set of other labels, and ignores series without a usable bound', () => {
    const sample = (pod: string, le: string, value: number): { labels: Labels; value: number } => ({
      labels: Labels.fromRecord({ __name__: 'x_bucket', pod, le }),
      value,
    });
    const samples = [
      sample('a', '1', 10),
      sample('b', '1', 5),
      sample('a', '+Inf', 10),
      sample('b', '+Inf', 10),
      sample('a', 'large', 99),
      sample('c', '', 1),
    ];
    const shown = histogramQuantile(0.5, samples).map(({ labels, value }) => `${String(labels)} ${value}`);
    expect(shown).toEqual(['{pod="a"} 0.5', '{pod="b"} 1']);
  });
});
