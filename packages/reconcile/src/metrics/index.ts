/** Metrics under controller-runtime's names, and how they are served. */
export { clientMetrics, leaderMetrics } from './client-metrics.ts';
export { controllerMetrics } from './controller-metrics.ts';
export { guardedEndpoint } from './guarded-endpoint.ts';
export { metricsEndpoint, metricsPath } from './metrics-endpoint.ts';
export {
  metricsRegistry,
  type CounterMetric,
  type GaugeMetric,
  type HistogramMetric,
  type Labels,
  type MetricDefinition,
  type MetricsRegistry,
} from './registry.ts';
export { requestAuthorizer, type AccessRequest, type AccessVerdict, type Authorize } from './request-authorizer.ts';
