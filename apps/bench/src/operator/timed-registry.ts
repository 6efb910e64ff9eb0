import { metricsRegistry, type MetricsRegistry } from '@canaryop/reconcile/metrics';

/** A registry that also keeps each value of some histograms: their buckets are too wide to tell a percentile. */
export interface TimedRegistry extends MetricsRegistry {
  /** Values in seconds since the last reset, by the name of the histogram. */
  readonly observed: ReadonlyMap<string, readonly number[]>;
  reset(): void;
}

/** @param names the histograms whose values are kept */
export function timedRegistry(names: readonly string[]): TimedRegistry {
  const inner = metricsRegistry();
  const observed = new Map<string, number[]>(names.map((name) => [name, []]));
  return {
    ...inner,
    observed,
    histogram: (definition) => {
      const histogram = inner.histogram(definition);
      const values = observed.get(definition.name);
      if (values === undefined) return histogram;
      return {
        observe: (labels, value) => {
          values.push(value);
          histogram.observe(labels, value);
        },
      };
    },
    reset: () => {
      for (const values of observed.values()) values.length = 0;
    },
  };
}
