import type { Labels } from '../labels.ts';
import type { Series } from '../tsdb/series.ts';
import type { TimeSeriesStore } from '../tsdb/time-series-store.ts';
import type { Expr, TimeShift, VectorSelector } from './ast.ts';
import { QueryError } from './query-error.ts';
import { sameLabelset } from './value.ts';

/** What a query may look at, and its limits. */
export interface EvaluationOptions {
  readonly store: TimeSeriesStore;
  /** First and last evaluated time; the same for an instant query. */
  readonly startMs: number;
  readonly endMs: number;
  /** How old a sample may be and still be current. */
  readonly lookbackMs: number;
  /** Step of a subquery that names none. */
  readonly subqueryStepMs: number;
  /** How many samples may be read in all. */
  readonly maxSamples: number;
  /** Whether the query's time is over. */
  readonly isExpired: () => boolean;
}

/** The state of one running query. */
export class Evaluation {
  readonly #options: EvaluationOptions;
  readonly #selected = new Map<VectorSelector, readonly Series[]>();
  readonly #origins = new Map<Expr, Map<string, string>>();
  #samplesLeft: number;

  constructor(options: EvaluationOptions) {
    this.#options = options;
    this.#samplesLeft = options.maxSamples;
  }

  get lookbackMs(): number {
    return this.#options.lookbackMs;
  }

  get subqueryStepMs(): number {
    return this.#options.subqueryStepMs;
  }

  /** The series of a selector. They are looked up once per query, so each of its steps sees the same ones. */
  select(selector: VectorSelector): readonly Series[] {
    let series = this.#selected.get(selector);
    if (series === undefined) {
      series = this.#options.store.select(selector.matchers);
      this.#selected.set(selector, series);
    }
    return series;
  }

  /** The time that a selector looks at when `timeMs` is evaluated. */
  shifted(timeMs: number, shift: TimeShift): number {
    let base = shift.at ?? timeMs;
    if (base === 'start') base = this.#options.startMs;
    else if (base === 'end') base = this.#options.endMs;
    return base - shift.offsetMs;
  }

  /** Counts work. Throws when the query has read too much or runs for too long. */
  spend(samples: number): void {
    this.#samplesLeft -= samples;
    if (this.#samplesLeft < 0) {
      const message = 'query processing would load too many samples into memory in query execution';
      throw new QueryError('execution', message);
    }
    if (this.#options.isExpired()) throw new QueryError('timeout', 'query timed out in expression evaluation');
  }

  /**
   * Refuses two series of one expression that lost their names and became the same, even when they never exist at the
   * same step: they would be merged into one series of the result.
   */
  checkOrigin(expr: Expr, result: Labels, origin: Labels): void {
    const origins = this.#origins.get(expr) ?? new Map<string, string>();
    this.#origins.set(expr, origins);
    if ((origins.get(result.key) ?? origin.key) !== origin.key) throw sameLabelset();
    origins.set(result.key, origin.key);
  }
}
