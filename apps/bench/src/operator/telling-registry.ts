import { metricsRegistry, type MetricsRegistry } from '@canaryop/reconcile/metrics';

/** A registry that also tells each value of some histograms, whose buckets are too wide to tell a percentile. */
export function tellingRegistry(listeners: Readonly<Record<string, (value: number) => void>>): MetricsRegistry {
  const inner = metricsRegistry();
  return {
    ...inner,
    histogram: (definition, collect) => {
      const histogram = inner.histogram(definition, collect);
      const listener = listeners[definition.name];
      if (listener === undefined) return histogram;
      return {
        ...histogram,
        observe: (labels, value) => {
          listener(value);
          histogram.observe(labels, value);
        },
      };
    },
  };
}
