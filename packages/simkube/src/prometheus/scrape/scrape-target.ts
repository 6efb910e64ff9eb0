import type { MetricSample } from '../metric-sample.ts';

/** Something that is scraped. */
export interface ScrapeTarget {
  /** Value of the label `job`. */
  readonly job: string;
  /** Value of the label `instance`, usually `host:port`. One target per job and instance. */
  readonly instance: string;
  /**
   * The current value of every series. A throw or rejection is a failed scrape. `signal` aborts when the scrape has
   * taken as long as it may; what comes later is ignored.
   */
  collect(signal: AbortSignal): readonly MetricSample[] | Promise<readonly MetricSample[]>;
}
