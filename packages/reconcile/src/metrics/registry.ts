import { collectProcessMetrics } from './process-metrics.ts';
import { Counter, Gauge, Histogram, Registry } from './prom-client.ts';

/** Values of a metric's labels; each name was declared with the metric. */
export type Labels = Readonly<Record<string, string | number>>;

/** Only ever grows. */
export interface CounterMetric {
  add(labels: Labels, amount?: number): void;
}

/** Goes up and down. */
export interface GaugeMetric {
  set(labels: Labels, value: number): void;
  /** The series is gone from the next scrape on. */
  remove(labels: Labels): void;
  /** Every series is gone; for a collector that says all there is at each scrape. */
  clear(): void;
}

/** How values are distributed over buckets. */
export interface HistogramMetric {
  observe(labels: Labels, value: number): void;
  /** The series exists from now on with nothing observed: a rate over it sees the first value. Forgets what there was. */
  start(labels: Labels): void;
  /** The series is gone from the next scrape on. */
  remove(labels: Labels): void;
}

/** Name, meaning and label names of a metric. */
export interface MetricDefinition {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
}

/** The metrics of one process, in Prometheus's text format. A name can be declared once. */
export interface MetricsRegistry {
  counter(definition: MetricDefinition): CounterMetric;
  /** @param collect called at each scrape, for values that are cheaper to read than to keep up to date. */
  gauge(definition: MetricDefinition, collect?: (gauge: GaugeMetric) => void): GaugeMetric;
  /**
   * @param definition.buckets upper bounds, ascending, without +Inf.
   * @param collect called at each scrape, before the series are read.
   */
  histogram(
    definition: MetricDefinition & { readonly buckets: readonly number[] },
    collect?: (histogram: HistogramMetric) => void,
  ): HistogramMetric;
  /** What a scrape is answered with. */
  render(): Promise<{ readonly contentType: string; readonly body: string }>;
}

/**
 * An empty registry.
 * @param options.processMetrics adds memory, CPU, event-loop and garbage-collection metrics of this process
 * (default false: they read the real clock).
 */
export function metricsRegistry(options: { readonly processMetrics?: boolean } = {}): MetricsRegistry {
  const registry = new Registry();
  const registers = [registry];
  if (options.processMetrics === true) collectProcessMetrics(registry);
  return {
    counter({ name, help, labels = [] }) {
      const counter = new Counter({ name, help, labelNames: [...labels], registers });
      if (labels.length === 0) counter.inc(0);
      return {
        add: (values, amount = 1) => {
          counter.inc(values, amount);
        },
      };
    },
    gauge({ name, help, labels = [] }, collect) {
      const metric: GaugeMetric = {
        set: (values, value) => {
          gauge.set(values, value);
        },
        remove: (values) => {
          gauge.remove(values);
        },
        clear: () => {
          gauge.reset();
        },
      };
      const gauge = new Gauge({ name, help, labelNames: [...labels], registers, ...collecting(metric, collect) });
      return metric;
    },
    histogram({ name, help, labels = [], buckets }, collect) {
      const metric: HistogramMetric = {
        observe: (values, value) => {
          histogram.observe(values, value);
        },
        start: (values) => {
          histogram.zero(values);
        },
        remove: (values) => {
          histogram.remove(values);
        },
      };
      const histogram = new Histogram({
        name,
        help,
        labelNames: [...labels],
        buckets: [...buckets],
        registers,
        ...collecting(metric, collect),
      });
      return metric;
    },
    render: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}

/** What prom-client calls at each scrape. */
function collecting<M>(metric: M, collect: ((metric: M) => void) | undefined): { collect?: () => void } {
  if (collect === undefined) return {};
  return {
    collect: () => {
      collect(metric);
    },
  };
}
