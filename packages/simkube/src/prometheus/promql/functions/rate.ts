import type { Point } from '../../tsdb/series.ts';
import type { RangeWindow } from './promql-function.ts';

/** A gap to the end of the window up to this many mean sample distances is taken for scrape jitter. */
const jitterFactor = 1.1;

/** How a change over a window is computed. */
export interface ExtrapolationMode {
  /** A counter: a fall is a reset, and extrapolation never goes below zero. */
  readonly isCounter: boolean;
  /** Per second. */
  readonly isRate: boolean;
}

/**
 * `rate`, `increase` and `delta` as Prometheus 2 computes them: the change between the first and last sample, extended
 * to the window's ends as far as samples can be assumed to go on (the whole gap when it is not much longer than the
 * mean distance of samples, half that distance otherwise). Fewer than two samples have no result.
 */
export function extrapolatedChange(
  points: readonly Point[],
  window: RangeWindow,
  mode: ExtrapolationMode,
): number | undefined {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined || points.length < 2) return undefined;
  const change = mode.isCounter ? counterIncrease(points) : last.value - first.value;
  const sampledSeconds = (last.timeMs - first.timeMs) / 1000;
  const meanDistance = sampledSeconds / (points.length - 1);

  let secondsToStart = (first.timeMs - window.startMs) / 1000;
  if (mode.isCounter && change > 0 && first.value >= 0) {
    // Where the counter would have been zero at this slope; it cannot have started before.
    secondsToStart = Math.min(secondsToStart, sampledSeconds * (first.value / change));
  }
  const secondsToEnd = (window.endMs - last.timeMs) / 1000;
  const extension = (gap: number): number => (gap < meanDistance * jitterFactor ? gap : meanDistance / 2);
  const coveredSeconds = sampledSeconds + extension(secondsToStart) + extension(secondsToEnd);
  let factor = coveredSeconds / sampledSeconds;
  if (mode.isRate) factor /= (window.endMs - window.startMs) / 1000;
  return change * factor;
}

/** How much a counter grew; after each fall it counts from zero again. */
function counterIncrease(points: readonly Point[]): number {
  let lost = 0;
  let previous = 0;
  for (const { value } of points) {
    if (value < previous) lost += previous;
    previous = value;
  }
  return (points.at(-1)?.value ?? 0) - (points[0]?.value ?? 0) + lost;
}

/** `irate` and `idelta`: between the last two samples only. */
export function instantChange(points: readonly Point[], isRate: boolean): number | undefined {
  const last = points.at(-1);
  const previous = points.at(-2);
  if (last === undefined || previous === undefined) return undefined;
  const isReset = isRate && last.value < previous.value;
  const change = isReset ? last.value : last.value - previous.value;
  return isRate ? change / ((last.timeMs - previous.timeMs) / 1000) : change;
}

/** `changes`: how often the value differs from the one before. Two NaN are the same value. */
export function countChanges(points: readonly Point[]): number {
  return countSteps(points, (previous, value) => !(value === previous || (value !== value && previous !== previous)));
}

/** `resets`: how often the value fell. */
export function countResets(points: readonly Point[]): number {
  return countSteps(points, (previous, value) => value < previous);
}

function countSteps(points: readonly Point[], counts: (previous: number, value: number) => boolean): number {
  let count = 0;
  for (let index = 1; index < points.length; index += 1) {
    if (counts(points[index - 1]?.value ?? 0, points[index]?.value ?? 0)) count += 1;
  }
  return count;
}

/** The least-squares line through the samples: its slope per second, and its value at `atMs`. */
export function linearRegression(points: readonly Point[], atMs: number): { slope: number; intercept: number } {
  const first = points[0]?.value ?? Number.NaN;
  if (points.every((point) => point.value === first)) {
    return Number.isFinite(first) ? { slope: 0, intercept: first } : { slope: Number.NaN, intercept: Number.NaN };
  }
  const count = points.length;
  const xs = points.map((point) => (point.timeMs - atMs) / 1000);
  const meanX = xs.reduce((total, x) => total + x, 0) / count;
  const meanY = points.reduce((total, point) => total + point.value, 0) / count;
  let covariance = 0;
  let spread = 0;
  for (const [index, point] of points.entries()) {
    const x = (xs[index] ?? 0) - meanX;
    covariance += x * (point.value - meanY);
    spread += x * x;
  }
  const slope = covariance / spread;
  return { slope, intercept: meanY - slope * meanX };
}
