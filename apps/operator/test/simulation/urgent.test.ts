import type { Transport, TransportRequest } from '@canaryop/reconcile/env';
import { afterEach, describe, expect, it } from 'vitest';

import { Simulation } from './simulated-cluster.ts';

const v3 = 'go-status-code-server:v3';
const errors = 'increase(istio_requests_total{destination_workload="demo-secondary",response_code=~"5.*"}[20s]) > 2';

let simulation: Simulation | undefined;

afterEach(async () => {
  await simulation?.stop();
  simulation = undefined;
});

const isVerdict = ({ url, body }: TransportRequest): boolean =>
  url.includes('/status') && typeof body === 'string' && body.includes('"lastFailedTag":"go-status-code-server:v3"');

/** Nothing, until whoever waits for it gives up. */
function silence(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => {
      reject(new Error('aborted'));
    });
  });
}

describe('the record of a failure', () => {
  it.each<[string, (request: TransportRequest) => Promise<never>]>([
    ['is refused', () => Promise.reject(new Error('connection reset'))],
    ['has no answer', ({ signal }) => silence(signal)],
  ])('that %s keeps nobody on the release for more than a second', async (_how, answer) => {
    let refusedAt: number | undefined;
    const sim: Simulation = new Simulation({
      wrap: (inner: Transport): Transport => ({
        close: () => inner.close(),
        request: (request) => {
          if (!isVerdict(request) || refusedAt !== undefined) return inner.request(request);
          refusedAt = sim.env.clock.now();
          return answer(request);
        },
      }),
    });
    simulation = sim;
    sim.startOperator();
    sim.createApp({ prometheusQuery: errors, trafficShiftUpdateInterval: 5, deploymentReadyWaitTime: 2 });
    await sim.untilPhase('Released');
    sim.edit({ image: v3 });
    await sim.env.time.until(() => sim.weight === 20);
    sim.sendRequests('/nothello', 100);
    await sim.env.time.until(() => refusedAt !== undefined);
    await sim.env.time.until(() => sim.weight === 0, 5_000);
    expect(sim.env.clock.now() - (refusedAt ?? 0)).toBeLessThanOrEqual(1_200);
    await sim.untilPhase('Failed');
    expect(sim.app.status?.lastFailedTag).toBe(v3);
  });
});
