import type { Point } from '../../tsdb/series.ts';
import type { PromqlFunction, RangeWindow } from './promql-function.ts';
import { countChanges, countResets, extrapolatedChange, instantChange, linearRegression } from './rate.ts';
import { max, mean, min, quantile, sum, variance } from './statistics.ts';

type RangeFunction = Extract<PromqlFunction, { kind: 'range' }>;
type Compute = RangeFunction['compute'];

function overRange(compute: Compute): RangeFunction {
  return { kind: 'range', args: ['range vector'], returns: 'instant vector', compute };
}

function overValues(compute: (values: readonly number[]) => number): RangeFunction {
  return overRange((points) => (points.length === 0 ? undefined : compute(values(points))));
}

function extrapolated(isCounter: boolean, isRate: boolean): RangeFunction {
  return overRange((points, window: RangeWindow) => extrapolatedChange(points, window, { isCounter, isRate }));
}

function values(points: readonly Point[]): number[] {
  return points.map((point) => point.value);
}

/** Functions of one range vector that look at each series alone. */
export const rangeFunctions: ReadonlyMap<string, PromqlFunction> = new Map<string, PromqlFunction>([
  ['rate', extrapolated(true, true)],
  ['increase', extrapolated(true, false)],
  ['delta', extrapolated(false, false)],
  ['irate', overRange((points) => instantChange(points, true))],
  ['idelta', overRange((points) => instantChange(points, false))],
  ['changes', overRange((points) => (points.length === 0 ? undefined : countChanges(points)))],
  ['resets', overRange((points) => (points.length === 0 ? undefined : countResets(points)))],
  [
    'deriv',
    overRange((points) => (points.length < 2 ? undefined : linearRegression(points, points[0]?.timeMs ?? 0).slope)),
  ],
  [
    'predict_linear',
    {
      kind: 'range',
      args: ['range vector', 'scalar'],
      returns: 'instant vector',
      compute: (points, _window, [seconds = Number.NaN], timeMs) => {
        if (points.length < 2) return undefined;
        const { slope, intercept } = linearRegression(points, timeMs);
        return slope * seconds + intercept;
      },
    },
  ],
  ['sum_over_time', overValues(sum)],
  ['avg_over_time', overValues(mean)],
  ['min_over_time', overValues(min)],
  ['max_over_time', overValues(max)],
  ['count_over_time', overValues((all) => all.length)],
  ['present_over_time', overValues(() => 1)],
  ['stdvar_over_time', overValues(variance)],
  ['stddev_over_time', overValues((all) => Math.sqrt(variance(all)))],
  ['last_over_time', { ...overValues((all) => all.at(-1) ?? Number.NaN), keepsName: true }],
  [
    'quantile_over_time',
    {
      kind: 'range',
      args: ['scalar', 'range vector'],
      returns: 'instant vector',
      compute: (points, _window, [phi = Number.NaN]) =>
        points.length === 0 ? undefined : quantile(phi, values(points)),
    },
  ],
]);
