import type { Subject } from './subject.ts';

/** Metrics that need no query. */
export type BuiltIn = 'request-success-rate' | 'request-duration';

/** The metric that a name stands for by itself. */
export function builtInOf(name: string): BuiltIn | undefined {
  return name === 'request-success-rate' || name === 'request-duration' ? name : undefined;
}

/**
 * The query of a built-in metric: percent of requests without a 5xx, or the 99th percentile in milliseconds.
 * A workload without one good request has no series of good ones: the missing sum is a 0, and not missing data.
 */
export function builtInQuery(metric: BuiltIn, subject: Subject, intervalSeconds: number): string {
  const of = selector(subject);
  const range = `[${intervalSeconds}s]`;
  if (metric === 'request-duration') {
    return `histogram_quantile(0.99, sum by (le) (rate(istio_request_duration_milliseconds_bucket{${of}}${range})))`;
  }
  const good = `sum(rate(istio_requests_total{${of},response_code!~"5.*"}${range}))`;
  const all = `sum(rate(istio_requests_total{${of}}${range}))`;
  return `100 * (${good} or vector(0)) / ${all}`;
}

/** How many requests there were. */
export function requestCountQuery(subject: Subject, intervalSeconds: number): string {
  return `sum(increase(istio_requests_total{${selector(subject)}}[${intervalSeconds}s]))`;
}

/**
 * A workload's own proxy knows what it is, whoever asked and however it ended: to the proxy of the client the workload
 * of a request that found no pod is unknown. A Service is known to the client's proxy only, which chose it by weight;
 * the pods behind it may be those of other Services too, and outside of the cluster there is no proxy at all.
 */
function selector({ namespace, workload, service }: Subject): string {
  return workload === undefined
    ? `reporter="source",destination_service_namespace="${namespace}",destination_service_name="${service}"`
    : `reporter="destination",destination_workload_namespace="${namespace}",destination_workload="${workload}"`;
}
