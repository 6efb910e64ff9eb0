import type { MetricsRegistry } from '../metrics/registry.ts';

/** What is counted of webhooks. */
export interface WebhookMetrics {
  /** A request has come; call the result with the status that was answered. */
  started(path: string): (status: number, seconds: number) => void;
  /** A handler threw. */
  failed(path: string): void;
  /** When the certificate expires, as a wall-clock time. */
  certificate(notAfterMs: number): void;
}

/** Declares the metrics of webhooks, under controller-runtime's names. Call once for a registry. */
export function webhookMetrics(registry: MetricsRegistry, paths: readonly string[]): WebhookMetrics {
  const prefix = 'controller_runtime_webhook_';
  const requests = registry.counter({
    name: `${prefix}requests_total`,
    help: 'Total number of admission requests by HTTP status code',
    labels: ['webhook', 'code'],
  });
  const latency = registry.histogram({
    name: `${prefix}latency_seconds`,
    help: 'Histogram of the latency of processing admission requests',
    labels: ['webhook'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  });
  const inFlight = registry.gauge({
    name: `${prefix}requests_in_flight`,
    help: 'Current number of admission requests being served',
    labels: ['webhook'],
  });
  const panics = registry.counter({
    name: `${prefix}panics_total`,
    help: 'Total number of webhook handlers that threw',
    labels: ['webhook'],
  });
  const expiry = registry.gauge({
    name: 'webhook_certificate_expiration_timestamp_seconds',
    help: 'When the certificate of the webhooks expires, in seconds since 1970',
  });
  const counts = new Map<string, number>();
  const change = (webhook: string, by: number): void => {
    const count = (counts.get(webhook) ?? 0) + by;
    counts.set(webhook, count);
    inFlight.set({ webhook }, count);
  };
  for (const webhook of paths) {
    requests.add({ webhook, code: '200' }, 0);
    panics.add({ webhook }, 0);
    change(webhook, 0);
  }
  return {
    started(webhook) {
      change(webhook, 1);
      return (status, seconds) => {
        change(webhook, -1);
        requests.add({ webhook, code: String(status) });
        latency.observe({ webhook }, seconds);
      };
    },
    failed: (webhook) => {
      panics.add({ webhook });
    },
    certificate: (notAfterMs) => {
      expiry.set({}, notAfterMs / 1000);
    },
  };
}
