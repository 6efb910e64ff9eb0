/** A fixed address that a real Prometheus scrapes at `/metrics`. */
export interface StaticTarget {
  /** Value of the label `job`. */
  readonly job: string;
  /** `host:port` */
  readonly address: string;
  /** Value of the label `instance`; default the address. */
  readonly instance?: string;
}

/** A configuration file that scrapes static targets. It is JSON, which is YAML too. */
export function prometheusConfig(targets: readonly StaticTarget[], scrapeIntervalMs: number): string {
  const interval = `${scrapeIntervalMs}ms`;
  const jobs = Map.groupBy(targets, (target) => target.job);
  return JSON.stringify({
    global: { scrape_interval: interval, scrape_timeout: interval },
    scrape_configs: [...jobs].map(([job, ofJob]) => ({
      job_name: job,
      static_configs: ofJob.map(({ address, instance }) => ({
        targets: [address],
        ...(instance === undefined ? {} : { labels: { instance } }),
      })),
    })),
  });
}
