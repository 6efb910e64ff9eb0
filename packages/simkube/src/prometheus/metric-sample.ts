/**
 * One series and its current value, as an instrumented process exposes it. Histograms are already flattened to
 * `<name>_bucket` (label `le`, cumulative), `<name>_sum` and `<name>_count`, each of them with type `histogram`.
 */
export interface MetricSample {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /**
   * Without `__name__`, `job` and `instance`: the scraper adds those. An object that is frozen and handed out again at
   * the next scrape is known by identity, which makes scraping several times cheaper.
   */
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}
