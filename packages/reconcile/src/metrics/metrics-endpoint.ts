import type { Endpoint } from '../health/http-server.ts';
import type { MetricsRegistry } from './registry.ts';

/** Where metrics are. */
export const metricsPath = '/metrics';

/** Answers each request with the metrics. */
export function metricsEndpoint(registry: MetricsRegistry): Endpoint {
  return async () => ({ status: 200, ...(await registry.render()) });
}
