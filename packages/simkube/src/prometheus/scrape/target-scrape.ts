import type { Env } from '@canaryop/reconcile/env';

import { Labels, metricNameLabel, type LabelPair } from '../labels.ts';
import type { MetricSample } from '../metric-sample.ts';
import type { TimeSeriesStore } from '../tsdb/time-series-store.ts';
import type { ScrapeTarget } from './scrape-target.ts';

/** Series that the scraper itself adds for each target. */
const reportNames = ['up', 'scrape_duration_seconds', 'scrape_samples_scraped'] as const;

/** Whose series are scraped into what. */
export interface TargetScrapeOptions {
  readonly env: Env;
  readonly store: TimeSeriesStore;
  readonly target: ScrapeTarget;
  /** How long one scrape may take. */
  readonly timeoutMs: number;
}

/** A series as the target writes it, and as it is stored. */
interface KnownSeries {
  readonly key: string;
  readonly labels: Labels;
}

/** One target over time: it knows which series the last scrape had, so that those that vanish can be ended. */
export class TargetScrape {
  readonly #options: TargetScrapeOptions;
  /** Series of the last scrape, by how the target writes them: building and sorting labels is most of a scrape's cost. */
  #current: ReadonlyMap<string, Labels> = new Map();
  /** The same for label objects that cannot change. */
  readonly #frozen = new WeakMap<object, Map<string, KnownSeries>>();
  #lastMs = Number.NEGATIVE_INFINITY;
  #isRunning = false;
  #hasEnded = false;

  constructor(options: TargetScrapeOptions) {
    this.#options = options;
  }

  /** One scrape; its samples have the time at which it began. Does nothing while another runs. Never rejects. */
  async run(): Promise<void> {
    if (this.#isRunning || this.#hasEnded) return;
    const { env, target } = this.#options;
    this.#isRunning = true;
    const timeMs = Math.round(env.clock.now());
    const startedMs = env.clock.monotonic();
    let samples: readonly MetricSample[] | undefined;
    try {
      samples = await this.#collect();
    } catch (error) {
      env.log.debug('scrape failed', { job: target.job, instance: target.instance, error: String(error) });
    }
    this.#isRunning = false;
    // A target that was removed meanwhile has its staleness markers already.
    if (this.#hasEnded) return;
    const refused = this.#record(samples ?? [], timeMs);
    if (refused > 0) env.log.warn('the store is full, samples were dropped', { job: target.job, samples: refused });
    const isUp = samples !== undefined && refused === 0;
    this.#report(timeMs, [isUp ? 1 : 0, (env.clock.monotonic() - startedMs) / 1000, samples?.length ?? 0]);
  }

  /** Ends every series of this target. */
  end(): void {
    this.#hasEnded = true;
    if (!Number.isFinite(this.#lastMs)) return;
    const { env, store } = this.#options;
    // A marker at the time of the last sample would be refused, and the series would live on for the lookback.
    const timeMs = Math.max(Math.round(env.clock.now()), this.#lastMs + 1);
    for (const labels of this.#current.values()) store.appendStale(labels, timeMs);
    for (const name of reportNames) store.appendStale(this.#labels(name, {}), timeMs);
  }

  /** Stores the samples, ends the series that are no longer there, and returns how many samples the store refused. */
  #record(samples: readonly MetricSample[], timeMs: number): number {
    const { store } = this.#options;
    const seen = new Map<string, Labels>();
    let refused = 0;
    for (const { name, labels: written, value } of samples) {
      const { key, labels } = this.#find(name, written);
      seen.set(key, labels);
      if (store.append(labels, timeMs, value) === 'too many series') refused += 1;
    }
    for (const [key, labels] of this.#current) if (!seen.has(key)) store.appendStale(labels, timeMs);
    this.#current = seen;
    this.#lastMs = timeMs;
    return refused;
  }

  #find(name: string, written: MetricSample['labels']): KnownSeries {
    const known = this.#frozen.get(written)?.get(name);
    if (known !== undefined) return known;
    const key = name + JSON.stringify(written);
    const series = { key, labels: this.#current.get(key) ?? this.#labels(name, written) };
    if (Object.isFrozen(written)) {
      const byName = this.#frozen.get(written) ?? new Map<string, KnownSeries>();
      this.#frozen.set(written, byName.set(name, series));
    }
    return series;
  }

  #report(timeMs: number, values: readonly [up: number, seconds: number, samples: number]): void {
    for (const [index, name] of reportNames.entries())
      this.#options.store.append(this.#labels(name, {}), timeMs, values[index] ?? 0);
  }

  /** The stored labels: the target's own, with a `job` or `instance` of its own moved to `exported_job` and so on. */
  #labels(name: string, written: Readonly<Record<string, string>>): Labels {
    const { job, instance } = this.#options.target;
    const own = Object.entries(written).map(([label, value]): LabelPair => {
      const isOurs = label === 'job' || label === 'instance';
      return [isOurs ? `exported_${label}` : label, value];
    });
    return Labels.of([...own, [metricNameLabel, name], ['job', job], ['instance', instance]]);
  }

  async #collect(): Promise<readonly MetricSample[]> {
    const { env, target, timeoutMs } = this.#options;
    const controller = new AbortController();
    const result = target.collect(controller.signal);
    if (!(result instanceof Promise)) return result;
    let cancel = (): void => undefined;
    const late = new Promise<never>((_resolve, reject) => {
      cancel = env.timers.schedule(timeoutMs, () => {
        reject(new Error(`no answer within ${timeoutMs} ms`));
        controller.abort();
      });
    });
    try {
      return await Promise.race([result, late]);
    } finally {
      cancel();
    }
  }
}
