import type { Clock } from '@canaryop/reconcile/env';

import { compareLabels, Labels } from '../labels.ts';
import type { Point } from '../tsdb/series.ts';
import type { TimeSeriesStore } from '../tsdb/time-series-store.ts';
import type { Expr } from './ast.ts';
import { typeOf } from './check-types.ts';
import { evaluate } from './evaluate.ts';
import { Evaluation } from './evaluation.ts';
import { parsePromql } from './parse.ts';
import { QueryError, type QueryErrorType } from './query-error.ts';
import type { RangeSeries, Sample, Value } from './value.ts';

/** What a query gives: instant vectors and scalars at one time, or points over time. */
export type QueryData =
  | { readonly resultType: 'vector'; readonly timeMs: number; readonly samples: readonly Sample[] }
  | { readonly resultType: 'matrix'; readonly series: readonly RangeSeries[] }
  | { readonly resultType: 'scalar'; readonly timeMs: number; readonly value: number }
  | { readonly resultType: 'string'; readonly timeMs: number; readonly value: string };

/** A query's data, or why there is none. */
export type QueryResult =
  | { readonly ok: true; readonly data: QueryData }
  | { readonly ok: false; readonly errorType: QueryErrorType; readonly error: string };

/** The times of a range query: `startMs`, then every `stepMs` up to `endMs`, all in whole milliseconds. */
export interface RangeQueryTimes {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

/** Limits and settings of an engine. */
export interface PromqlEngineOptions {
  /** How old a sample may be and still be current. Default 5 minutes. */
  readonly lookbackMs?: number;
  /** Step of a subquery that names none. Default 1 minute. */
  readonly subqueryStepMs?: number;
  /**
   * How long a query may take. A request can ask for less, not for more. Default 10 seconds, and not Prometheus's 2
   * minutes: a query runs on the thread of its caller.
   */
  readonly timeoutMs?: number;
  /** How many samples a query may read, over all its steps. Default 50 million. */
  readonly maxSamples?: number;
}

/** Evaluates PromQL over a store as Prometheus 2.42 does (docs/promql.md: what is supported). */
export class PromqlEngine {
  readonly #store: TimeSeriesStore;
  readonly #clock: Clock;
  readonly #options: Required<PromqlEngineOptions>;

  constructor(store: TimeSeriesStore, clock: Clock, options: PromqlEngineOptions = {}) {
    this.#store = store;
    this.#clock = clock;
    this.#options = {
      lookbackMs: options.lookbackMs ?? 300_000,
      subqueryStepMs: options.subqueryStepMs ?? 60_000,
      timeoutMs: options.timeoutMs ?? 10_000,
      maxSamples: options.maxSamples ?? 50_000_000,
    };
  }

  /** The value of `query` at one time. Never throws: a query that has no answer is a value too. */
  instant(query: string, timeMs: number, timeoutMs?: number): QueryResult {
    return this.#run(query, { startMs: timeMs, endMs: timeMs, stepMs: 1 }, timeoutMs, (expr, evaluation) =>
      instantData(evaluate(expr, timeMs, evaluation), timeMs),
    );
  }

  /** The value of `query`, an instant vector or a scalar, at each step. Never throws. */
  range(query: string, times: RangeQueryTimes, timeoutMs?: number): QueryResult {
    return this.#run(query, times, timeoutMs, (expr, evaluation) => {
      const type = typeOf(expr);
      if (type !== 'instant vector' && type !== 'scalar') {
        const message = `invalid expression type "${type}" for range query, must be Scalar or instant Vector`;
        throw new QueryError('bad_data', message);
      }
      return { resultType: 'matrix', series: rangeData(expr, times, evaluation) };
    });
  }

  #run(
    query: string,
    times: RangeQueryTimes,
    timeoutMs: number | undefined,
    compute: (expr: Expr, evaluation: Evaluation) => QueryData,
  ): QueryResult {
    const limitMs = Math.min(timeoutMs ?? Number.POSITIVE_INFINITY, this.#options.timeoutMs);
    const deadlineMs = this.#clock.monotonic() + limitMs;
    try {
      const evaluation = new Evaluation({
        ...this.#options,
        store: this.#store,
        startMs: times.startMs,
        endMs: times.endMs,
        isExpired: () => this.#clock.monotonic() > deadlineMs,
      });
      return { ok: true, data: compute(parsePromql(query), evaluation) };
    } catch (error) {
      if (error instanceof QueryError) return { ok: false, errorType: error.errorType, error: error.message };
      throw error;
    }
  }
}

function instantData(value: Value, timeMs: number): QueryData {
  switch (value.type) {
    case 'scalar':
      return { resultType: 'scalar', timeMs, value: value.value };
    case 'string':
      return { resultType: 'string', timeMs, value: value.value };
    case 'instant vector':
      return { resultType: 'vector', timeMs, samples: value.samples };
    case 'range vector':
    default:
      return { resultType: 'matrix', series: sortedSeries(value.series) };
  }
}

function rangeData(expr: Expr, { startMs, endMs, stepMs }: RangeQueryTimes, evaluation: Evaluation): RangeSeries[] {
  const series = new Map<string, { readonly labels: Labels; readonly points: Point[] }>();
  for (let timeMs = startMs; timeMs <= endMs; timeMs += stepMs) {
    const value = evaluate(expr, timeMs, evaluation);
    const samples = value.type === 'scalar' ? [{ labels: Labels.empty, value: value.value }] : samplesIn(value);
    for (const sample of samples) {
      const found = series.get(sample.labels.key) ?? { labels: sample.labels, points: [] };
      series.set(sample.labels.key, found);
      found.points.push({ timeMs, value: sample.value });
    }
  }
  return sortedSeries([...series.values()]);
}

function samplesIn(value: Value): readonly Sample[] {
  return value.type === 'instant vector' ? value.samples : [];
}

function sortedSeries(series: readonly RangeSeries[]): RangeSeries[] {
  return series.toSorted((left, right) => compareLabels(left.labels, right.labels));
}
