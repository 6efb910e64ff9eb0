import type { Labels } from '../labels.ts';

/** One measured value. */
export interface Point {
  readonly timeMs: number;
  readonly value: number;
}

/**
 * The samples of one label set, in order of time. A staleness marker says that the series ended at that time; it is
 * a sample of its own kind and not just a NaN, which a target may well report.
 */
export class Series {
  readonly labels: Labels;
  readonly #times: number[] = [];
  readonly #values: number[] = [];
  readonly #staleTimes = new Set<number>();

  constructor(labels: Labels) {
    this.labels = labels;
  }

  /** How many samples are held, markers included. */
  get length(): number {
    return this.#times.length;
  }

  /** Time of the newest sample; undefined when there is none. */
  get newestMs(): number | undefined {
    return this.#times.at(-1);
  }

  /** Adds a sample that is newer than all others. The caller checks that it is. */
  push(timeMs: number, value: number): void {
    this.#times.push(timeMs);
    this.#values.push(value);
  }

  /** Adds a staleness marker that is newer than all other samples. */
  pushStale(timeMs: number): void {
    this.push(timeMs, Number.NaN);
    this.#staleTimes.add(timeMs);
  }

  /** The newest sample in the closed interval; undefined when there is none or it is a staleness marker. */
  newestIn(fromMs: number, toMs: number): Point | undefined {
    const index = this.#firstAfter(toMs) - 1;
    const timeMs = this.#times[index];
    const value = this.#values[index];
    if (timeMs === undefined || value === undefined || timeMs < fromMs || this.#staleTimes.has(timeMs))
      return undefined;
    return { timeMs, value };
  }

  /** Whether there is a sample in the closed interval, staleness markers included. */
  hasSampleIn(fromMs: number, toMs: number): boolean {
    const newestMs = this.#times[this.#firstAfter(toMs) - 1];
    return newestMs !== undefined && newestMs >= fromMs;
  }

  /** The samples of the closed interval without staleness markers. */
  range(fromMs: number, toMs: number): Point[] {
    const points: Point[] = [];
    for (let index = this.#firstAfter(fromMs - 1); index < this.#times.length; index += 1) {
      const timeMs = this.#times[index];
      const value = this.#values[index];
      if (timeMs === undefined || value === undefined || timeMs > toMs) break;
      if (!this.#staleTimes.has(timeMs)) points.push({ timeMs, value });
    }
    return points;
  }

  /** Forgets samples older than `timeMs` and returns how many they were. */
  dropBefore(timeMs: number): number {
    const count = this.#firstAfter(timeMs - 1);
    for (const dropped of this.#times.splice(0, count)) this.#staleTimes.delete(dropped);
    this.#values.splice(0, count);
    return count;
  }

  /** Index of the first sample later than `timeMs` (whole milliseconds). */
  #firstAfter(timeMs: number): number {
    let low = 0;
    let high = this.#times.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#times[middle] ?? 0) > timeMs) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
