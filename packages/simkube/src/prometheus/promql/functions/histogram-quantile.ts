import { metricNameLabel, type Labels } from '../../labels.ts';
import type { Sample } from '../value.ts';
import { parseFloatText } from './float-text.ts';

/** How many observations were at most `upperBound`. */
export interface Bucket {
  readonly upperBound: number;
  readonly count: number;
}

const bucketLabel = 'le';
const bucketLabels: ReadonlySet<string> = new Set([metricNameLabel, bucketLabel]);

/** `histogram_quantile` over classic histograms: one result for each set of labels other than `le`. */
export function histogramQuantile(phi: number, samples: readonly Sample[]): Sample[] {
  const histograms = new Map<string, { readonly labels: Labels; readonly buckets: Bucket[] }>();
  for (const { labels, value } of samples) {
    const upperBound = parseFloatText(labels.get(bucketLabel));
    if (upperBound === undefined) continue;
    const rest = labels.drop(bucketLabels);
    const histogram = histograms.get(rest.key) ?? { labels: rest, buckets: [] };
    histograms.set(rest.key, histogram);
    histogram.buckets.push({ upperBound, count: value });
  }
  return [...histograms.values()].map(({ labels, buckets }) => ({ labels, value: bucketQuantile(phi, buckets) }));
}

/**
 * The φ-quantile, assuming that observations are spread evenly within a bucket and that the lowest one starts at 0
 * (if its bound is positive). NaN without a `+Inf` bucket, with fewer than two buckets, or without observations;
 * a quantile in the `+Inf` bucket is the greatest finite bound.
 */
export function bucketQuantile(phi: number, unsorted: readonly Bucket[]): number {
  if (Number.isNaN(phi)) return Number.NaN;
  if (phi < 0) return Number.NEGATIVE_INFINITY;
  if (phi > 1) return Number.POSITIVE_INFINITY;
  const buckets = monotonic(coalesced(unsorted));
  const all = buckets.at(-1);
  if (all?.upperBound !== Number.POSITIVE_INFINITY || buckets.length < 2) return Number.NaN;
  return all.count === 0 ? Number.NaN : interpolated(phi * all.count, buckets);
}

/** The value below which `rank` observations lie. */
function interpolated(rank: number, buckets: readonly Bucket[]): number {
  const index = buckets.findIndex((bucket) => bucket.count >= rank);
  const bucket = buckets[index];
  if (bucket === undefined || index === buckets.length - 1) return buckets.at(-2)?.upperBound ?? Number.NaN;
  if (index === 0 && bucket.upperBound <= 0) return bucket.upperBound;
  const { upperBound: start, count: before } = buckets[index - 1] ?? { upperBound: 0, count: 0 };
  return start + (bucket.upperBound - start) * ((rank - before) / (bucket.count - before));
}

/** Sorted by bound, with the counts of equal bounds (`1` and `1.0`) added up. */
function coalesced(buckets: readonly Bucket[]): Bucket[] {
  const counts = new Map<number, number>();
  for (const { upperBound, count } of buckets) counts.set(upperBound, (counts.get(upperBound) ?? 0) + count);
  return [...counts]
    .map(([upperBound, count]) => ({ upperBound, count }))
    .sort((left, right) => left.upperBound - right.upperBound);
}

/** Cumulative counts can fall by rounding or by scraping halfway: a lower one is lifted to the one before it. */
function monotonic(buckets: readonly Bucket[]): Bucket[] {
  let highest = Number.NEGATIVE_INFINITY;
  return buckets.map(({ upperBound, count }) => {
    if (count > highest) highest = count;
    return { upperBound, count: count < highest ? highest : count };
  });
}
