import { afterEach, describe, expect, it } from 'vitest';

import { Simulation } from './simulated-cluster.ts';

let simulation: Simulation | undefined;

afterEach(async () => {
  await simulation?.stop();
  simulation = undefined;
});

async function installed(spec = {}): Promise<Simulation> {
  simulation = new Simulation();
  simulation.startOperator();
  simulation.createApp(spec);
  await simulation.untilPhase('Released');
  await simulation.env.time.advance(1_000);
  return simulation;
}

describe('the operator on a simulated cluster', () => {
  it('rolls v2 out without one failed request', async () => {
    const sim = await installed();
    sim.sendRequests('/hello');
    await sim.env.time.advance(5_000);
    sim.edit({ image: 'go-status-code-server:v2' });
    await sim.env.time.advance(10_000);
    await sim.untilPhase('Released');
    await sim.env.time.advance(5_000);
    expect(sim.failures()).toEqual([]);
    expect(sim.answers.at(-1)?.body).toBe('Hello! v2');
  });

  it('rolls v3 back when it answers with errors', async () => {
    const sim = await installed({
      prometheusQuery: 'increase(istio_requests_total{destination_service_name="demo",response_code=~"5.*"}[20s]) > 2',
    });
    sim.sendRequests('/hello');
    sim.edit({ image: 'go-status-code-server:v3' });
    await sim.env.time.until(() => (sim.weight ?? 0) >= 20);
    const stop = sim.sendRequests('/nothello', 200);
    await sim.env.time.until(() => sim.app.status?.lastFailedTag === 'go-status-code-server:v3', 60_000);
    stop();
    await sim.untilPhase('Failed');
    expect(sim.failures()).toEqual([]);
    expect(sim.app.status).toMatchObject({ trafficShift: 0, successfulRelease: false });
  });
});
