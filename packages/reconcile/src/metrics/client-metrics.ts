import type { RequestInfo } from '../client/api-request.ts';
import type { MetricsRegistry } from './registry.ts';

/** client-go's buckets of request durations, in seconds. */
const requestBuckets = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60];

/** Declares client-go's request metrics; what it returns is told of each request (`onRequest` of client and cache). */
export function clientMetrics(registry: MetricsRegistry): (info: RequestInfo) => void {
  const total = registry.counter({
    name: 'rest_client_requests_total',
    help: 'Number of HTTP requests, partitioned by status code, method, and host.',
    labels: ['code', 'method', 'host'],
  });
  const seconds = registry.histogram({
    name: 'rest_client_request_duration_seconds',
    help: 'Request latency in seconds, until the head of the answer. Broken down by verb, and host.',
    labels: ['verb', 'host'],
    buckets: requestBuckets,
  });
  return ({ code, method, host, durationMs }) => {
    total.add({ code, method, host });
    seconds.observe({ verb: method, host }, durationMs / 1000);
  };
}

/** Declares `leader_election_master_status` of Leases; what it returns is told when one of them is ours, and no longer. */
export function leaderMetrics(
  registry: MetricsRegistry,
  leases: readonly string[],
): (lease: string, isLeader: boolean) => void {
  const gauge = registry.gauge({
    name: 'leader_election_master_status',
    help: 'Gauge of if the reporting system is master of the relevant lease, 0 indicates backup, 1 indicates master.',
    labels: ['name'],
  });
  for (const lease of leases) gauge.set({ name: lease }, 0);
  return (lease, isLeader) => {
    gauge.set({ name: lease }, isLeader ? 1 : 0);
  };
}
