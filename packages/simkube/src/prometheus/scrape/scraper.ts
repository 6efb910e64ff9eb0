import type { Cancel, Env } from '@canaryop/reconcile/env';

import type { TimeSeriesStore } from '../tsdb/time-series-store.ts';
import type { ScrapeTarget } from './scrape-target.ts';
import { TargetScrape } from './target-scrape.ts';

/** How often and how long. */
export interface ScraperOptions {
  /** Time between two scrapes of a target. Default 1 second. */
  readonly intervalMs?: number;
  /** How long one scrape may take. Default the interval. */
  readonly timeoutMs?: number;
}

/**
 * Scrapes targets at a fixed cadence, all at the same time, and stores what they say under the labels `job` and
 * `instance`, with the series `up`. A tick that comes late is not made up for. A target whose last scrape still runs
 * is left out.
 */
export class Scraper {
  readonly #env: Env;
  readonly #store: TimeSeriesStore;
  readonly #intervalMs: number;
  readonly #timeoutMs: number;
  readonly #targets = new Map<string, TargetScrape>();
  #cancel: Cancel | undefined;

  constructor(env: Env, store: TimeSeriesStore, options: ScraperOptions = {}) {
    this.#env = env;
    this.#store = store;
    this.#intervalMs = options.intervalMs ?? 1000;
    this.#timeoutMs = options.timeoutMs ?? this.#intervalMs;
  }

  /** Adds a target, scraped from the next tick on, in place of one with the same job and instance. */
  add(target: ScrapeTarget): void {
    this.remove(target.job, target.instance);
    const key = targetKey(target.job, target.instance);
    const options = { env: this.#env, store: this.#store, target, timeoutMs: this.#timeoutMs };
    this.#targets.set(key, new TargetScrape(options));
  }

  /** Forgets a target: all its series, `up` too, have ended. */
  remove(job: string, instance: string): void {
    const key = targetKey(job, instance);
    this.#targets.get(key)?.end();
    this.#targets.delete(key);
  }

  /** Scrapes at once and then at every interval until `stop`. Starting twice changes nothing. */
  start(): void {
    if (this.#cancel !== undefined) return;
    this.#tick(this.#env.clock.monotonic());
  }

  /** Ends scraping. Series stay as they are, without staleness markers, as when Prometheus shuts down. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** Scrapes every target once, now, and resolves when all have answered or failed. Never rejects. */
  async scrapeOnce(): Promise<void> {
    await Promise.all([...this.#targets.values()].map((target) => target.run()));
  }

  #tick(dueMs: number): void {
    void this.scrapeOnce();
    const passedMs = this.#env.clock.monotonic() - dueMs;
    const nextMs = dueMs + (Math.floor(passedMs / this.#intervalMs) + 1) * this.#intervalMs;
    this.#cancel = this.#env.timers.schedule(nextMs - this.#env.clock.monotonic(), () => {
      this.#tick(nextMs);
    });
  }
}

function targetKey(job: string, instance: string): string {
  return JSON.stringify([job, instance]);
}
