import { Labels } from '../../src/prometheus/labels.ts';

/** A parsed answer of `/api/v1/query` or `/api/v1/query_range`. */
export interface Answer {
  readonly status: number;
  readonly body: {
    readonly status: string;
    readonly errorType?: string;
    readonly error?: string;
    readonly data?: { readonly resultType: string; readonly result: unknown };
  };
}

interface ComparableSeries {
  readonly metric: string;
  readonly points: readonly (readonly [number, string])[];
}

/** How far two values may be apart, relative to the larger: sums are added in different orders. */
const tolerance = 1e-9;

/** What is different between two answers; undefined when they say the same. Order counts when `isOrdered`. */
export function difference(actual: Answer, expected: Answer, isOrdered = false): string | undefined {
  const heads = [actual, expected].map(({ status, body }) => `${status} ${body.status} ${body.errorType ?? ''}`);
  if (heads[0] !== heads[1]) return `${heads[0]} (${actual.body.error}) but ${heads[1]} (${expected.body.error})`;
  if (actual.body.data?.resultType !== expected.body.data?.resultType)
    return `type ${actual.body.data?.resultType} but ${expected.body.data?.resultType}`;
  const [ours, theirs] = [seriesOf(actual, isOrdered), seriesOf(expected, isOrdered)];
  if (ours.length !== theirs.length)
    return `${ours.length} series but ${theirs.length}: ${names(ours)} | ${names(theirs)}`;
  for (const [index, series] of theirs.entries()) {
    const problem = seriesDifference(ours[index], series);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function names(series: readonly ComparableSeries[]): string {
  return series.map((entry) => entry.metric).join(' ');
}

function seriesDifference(actual: ComparableSeries | undefined, expected: ComparableSeries): string | undefined {
  if (actual?.metric !== expected.metric) return `series ${actual?.metric} but ${expected.metric}`;
  if (actual.points.length !== expected.points.length)
    return `${expected.metric}: ${actual.points.length} points but ${expected.points.length}`;
  for (const [index, [timeSeconds, text]] of expected.points.entries()) {
    const [actualSeconds, actualText] = actual.points[index] ?? [0, ''];
    if (actualSeconds !== timeSeconds) return `${expected.metric}: time ${actualSeconds} but ${timeSeconds}`;
    if (!isClose(actualText, text)) return `${expected.metric} at ${timeSeconds}: ${actualText} but ${text}`;
  }
  return undefined;
}

function isClose(actual: string, expected: string): boolean {
  if (actual === expected) return true;
  const [left, right] = [Number(actual), Number(expected)];
  if (!Number.isFinite(left) || !Number.isFinite(right)) return false;
  return Math.abs(left - right) <= tolerance * Math.max(Math.abs(left), Math.abs(right), 1e-3);
}

function seriesOf({ body }: Answer, isOrdered: boolean): ComparableSeries[] {
  const { resultType, result } = body.data ?? { resultType: '', result: [] };
  if (resultType === 'scalar' || resultType === 'string') return [{ metric: '', points: [result as [number, string]] }];
  const entries = result as { metric: Record<string, string>; value?: [number, string]; values?: [number, string][] }[];
  const series = entries.map(({ metric, value, values }) => ({
    metric: Labels.fromRecord(metric).key,
    points: values ?? (value === undefined ? [] : [value]),
  }));
  return isOrdered ? series : series.sort((left, right) => (left.metric < right.metric ? -1 : 1));
}
