import { compareLabels, metricNameLabel, type Labels } from '../labels.ts';
import { matchesAll, type Matcher } from './matcher.ts';
import { Series } from './series.ts';

/** Bounds of a store. */
export interface TimeSeriesStoreOptions {
  /** How long a sample is kept after it was taken. Default 15 minutes. */
  readonly retentionMs?: number;
  /** How many series may exist at once; samples of further ones are refused. Default 100,000. */
  readonly maxSeries?: number;
  /** How many samples are kept in all; above it the oldest go before their time. Default 8 million, about 128 MB. */
  readonly maxSamples?: number;
}

/** What became of a sample: only `appended` stored it. */
export type AppendOutcome = 'appended' | 'out of order' | 'too many series';

/** Samples by label set, in memory, for as long as the retention says. */
export class TimeSeriesStore {
  readonly #retentionMs: number;
  readonly #maxSeries: number;
  readonly #maxSamples: number;
  readonly #byKey = new Map<string, Series>();
  readonly #byName = new Map<string, Set<Series>>();
  #samples = 0;
  #newestMs = Number.NEGATIVE_INFINITY;
  #nextPruneMs = Number.NEGATIVE_INFINITY;

  constructor(options: TimeSeriesStoreOptions = {}) {
    this.#retentionMs = options.retentionMs ?? 15 * 60_000;
    this.#maxSeries = options.maxSeries ?? 100_000;
    this.#maxSamples = options.maxSamples ?? 8_000_000;
  }

  /** How many series and samples are held now. */
  get size(): { readonly series: number; readonly samples: number } {
    return { series: this.#byKey.size, samples: this.#samples };
  }

  /** Stores one sample. Within a series time must rise; `timeMs` is whole milliseconds since the epoch. */
  append(labels: Labels, timeMs: number, value: number): AppendOutcome {
    return this.#add(labels, timeMs, (series) => {
      series.push(timeMs, value);
    });
  }

  /** Stores a staleness marker: from `timeMs` on the series has ended, until its next sample. */
  appendStale(labels: Labels, timeMs: number): AppendOutcome {
    return this.#add(labels, timeMs, (series) => {
      series.pushStale(timeMs);
    });
  }

  /** The series that meet all matchers, ordered by labels. */
  select(matchers: readonly Matcher[]): readonly Series[] {
    const byName = matchers.find((matcher) => matcher.name === metricNameLabel && matcher.type === '=');
    const candidates = byName === undefined ? this.#byKey.values() : (this.#byName.get(byName.value) ?? []);
    const found = [...candidates].filter((series) => matchesAll(matchers, series.labels));
    return found.sort((left, right) => compareLabels(left.labels, right.labels));
  }

  #add(labels: Labels, timeMs: number, push: (series: Series) => void): AppendOutcome {
    let series = this.#byKey.get(labels.key);
    if (series?.newestMs !== undefined && timeMs <= series.newestMs) return 'out of order';
    if (series === undefined) {
      if (this.#byKey.size >= this.#maxSeries) return 'too many series';
      series = this.#create(labels);
    }
    push(series);
    this.#samples += 1;
    this.#newestMs = Math.max(this.#newestMs, timeMs);
    if (this.#newestMs >= this.#nextPruneMs || this.#samples > this.#maxSamples) this.#prune();
    return 'appended';
  }

  #create(labels: Labels): Series {
    const series = new Series(labels);
    this.#byKey.set(labels.key, series);
    const name = labels.get(metricNameLabel);
    const sameName = this.#byName.get(name) ?? new Set<Series>();
    this.#byName.set(name, sameName.add(series));
    return series;
  }

  #prune(): void {
    let keptMs = this.#retentionMs;
    this.#dropBefore(this.#newestMs - keptMs);
    while (this.#samples > this.#maxSamples && keptMs >= 1) {
      keptMs = Math.floor(keptMs * 0.75);
      this.#dropBefore(this.#newestMs - keptMs);
    }
    // Pruning walks over every series; a sixteenth of the retention bounds both its cost and the surplus.
    this.#nextPruneMs = this.#newestMs + this.#retentionMs / 16;
  }

  #dropBefore(timeMs: number): void {
    for (const series of this.#byKey.values()) {
      this.#samples -= series.dropBefore(timeMs);
      if (series.length === 0) this.#remove(series);
    }
  }

  #remove(series: Series): void {
    this.#byKey.delete(series.labels.key);
    const name = series.labels.get(metricNameLabel);
    const sameName = this.#byName.get(name);
    sameName?.delete(series);
    if (sameName?.size === 0) this.#byName.delete(name);
  }
}
