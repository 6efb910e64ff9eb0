import { metricsRegistry, type MetricsRegistry } from '@canaryop/reconcile/metrics';
import { afterEach, describe, expect, it } from 'vitest';

import { leaseName } from '../../src/lease-name.ts';
import { seriesOf, totalsOf } from '../metrics/series.ts';
import { operatorNamespace, Simulation, type RunningOperator } from './simulated-cluster.ts';

let simulation: Simulation | undefined;

afterEach(async () => {
  await simulation?.stop();
  simulation = undefined;
});

const errorsQuery = 'increase(istio_requests_total{destination_service_name="demo",response_code=~"5.*"}[20s]) > 2';

async function installed(registry: MetricsRegistry): Promise<{ sim: Simulation; operator: RunningOperator }> {
  simulation = new Simulation();
  const operator = simulation.startOperator({ registry });
  simulation.createApp({ prometheusQuery: errorsQuery });
  await simulation.untilPhase('Released');
  await simulation.env.time.advance(1_000);
  return { sim: simulation, operator };
}

/** What a scrape says of the application, in the order status, primary, secondary, releases, their seconds. */
async function scrape(registry: MetricsRegistry): Promise<readonly (number | undefined)[]> {
  const series = await totalsOf(registry);
  return [
    series['canaryop_canary_status{name="demo",namespace="default"}'],
    series['canaryop_canary_weight{workload="demo-primary",namespace="default"}'],
    series['canaryop_canary_weight{workload="demo-secondary",namespace="default"}'],
    series['canaryop_canary_duration_seconds_count{name="demo",namespace="default"}'],
    series['canaryop_canary_duration_seconds_sum{name="demo",namespace="default"}'],
  ];
}

describe('the metrics of a canary', () => {
  it('follow a rollout and a rollback', async () => {
    const registry = metricsRegistry();
    const { sim } = await installed(registry);
    expect(await scrape(registry)).toEqual([1, 100, 0, 0, 0]);
    const startMs = sim.env.clock.now();
    sim.edit({ image: 'go-status-code-server:v2' });
    for (const weight of [10, 20, 30, 40, 50]) {
      await sim.env.time.until(() => sim.app.status?.trafficShift === weight, 120_000);
      expect(await scrape(registry)).toEqual([0, 100 - weight, weight, 0, 0]);
    }
    await sim.env.time.until(() => sim.app.status?.releasedImage === 'go-status-code-server:v2', 120_000);
    const tookSeconds = (sim.env.clock.now() - startMs) / 1000;
    await sim.untilPhase('Released');
    const [status, primary, secondary, count, seconds = 0] = await scrape(registry);
    expect([status, primary, secondary, count]).toEqual([1, 100, 0, 1]);
    expect(Math.abs(seconds - tookSeconds)).toBeLessThan(1);

    sim.edit({ image: 'go-status-code-server:v3' });
    await sim.env.time.until(() => sim.app.status?.trafficShift === 20, 120_000);
    const stop = sim.sendRequests('/nothello', 200);
    await sim.untilPhase('Failed');
    stop();
    const [failed, ...rest] = await scrape(registry);
    expect([failed, ...rest.slice(0, 3)]).toEqual([2, 100, 0, 2]);
  });

  it('are the same after a restart in the middle, the time of the whole release included', async () => {
    const before = metricsRegistry();
    const { sim, operator } = await installed(before);
    const startMs = sim.env.clock.now();
    sim.edit({ image: 'go-status-code-server:v2' });
    await sim.env.time.until(() => sim.app.status?.trafficShift === 30, 300_000);
    const first = await scrape(before);
    await operator.stop();
    const after = metricsRegistry();
    sim.startOperator({ registry: after });
    await sim.env.time.advance(1_000);
    expect(await scrape(after)).toEqual(first);
    await sim.env.time.until(() => sim.app.status?.releasedImage === 'go-status-code-server:v2', 300_000);
    const tookSeconds = (sim.env.clock.now() - startMs) / 1000;
    await sim.untilPhase('Released');
    const [, , , count, seconds = 0] = await scrape(after);
    expect(count).toBe(1);
    expect(Math.abs(seconds - tookSeconds)).toBeLessThan(1);
  });

  it('come from the leader alone', async () => {
    simulation = new Simulation();
    const leaderElection = { lease: { namespace: operatorNamespace, name: leaseName } };
    const [leader, standby] = [metricsRegistry(), metricsRegistry()];
    const first = simulation.startOperator({ registry: leader, leaderElection });
    await simulation.env.time.advance(5_000);
    simulation.startOperator({ registry: standby, leaderElection });
    simulation.createApp();
    await simulation.untilPhase('Released');
    expect((await seriesOf(leader))['canaryop_canary_total{namespace="default"}']).toBe(1);
    expect(await seriesOf(standby)).toEqual({});
    await first.stop();
    await simulation.env.time.advance(60_000);
    expect(await scrape(standby)).toEqual([1, 100, 0, 0, 0]);
  });
});
