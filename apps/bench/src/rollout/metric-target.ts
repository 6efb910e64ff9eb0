import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Clock } from '@canaryop/reconcile/env';

import { badMetric } from './peer.ts';

/** What Prometheus scrapes: how each application does. */
export interface MetricTarget {
  /** `127.0.0.1:PORT` */
  readonly address: string;
  /** From its next scrape on, Prometheus sees that this application is bad. */
  fail(app: string): void;
  /** When Prometheus took the first bad sample of it; undefined while it has not. */
  badSince(app: string): number | undefined;
  stop(): Promise<void>;
}

/** Listens on a free port. All applications do well. */
export async function startMetricTarget(clock: Clock, apps: readonly string[]): Promise<MetricTarget> {
  const failing = new Set<string>();
  const badSince = new Map<string, number>();
  const server = createServer((_, response) => {
    const lines = apps.map((app) => `${badMetric}{app="${app}"} ${failing.has(app) ? 1 : 0}\n`);
    for (const app of failing) if (!badSince.has(app)) badSince.set(app, clock.monotonic());
    response.setHeader('content-type', 'text/plain').end(`# TYPE ${badMetric} gauge\n${lines.join('')}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    fail: (app) => {
      failing.add(app);
    },
    badSince: (app) => badSince.get(app),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
