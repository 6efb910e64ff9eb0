import { Deployment, Service } from '@canaryop/reconcile/kinds';
import { afterEach, describe, expect, it } from 'vitest';

import { CanaryApp, type OwnedSpec } from '../../src/api/v1/canaryapp.ts';
import { VirtualService } from '../../src/traffic/istio/kinds.ts';
import { appKey, Simulation } from './simulated-cluster.ts';

const [v2, v3] = ['go-status-code-server:v2', 'go-status-code-server:v3'] as const;
const primaryKey = { ...appKey, name: 'demo-primary' };
const secondaryKey = { ...appKey, name: 'demo-secondary' };
const errors = 'increase(istio_requests_total{destination_service_name="demo",response_code=~"5.*"}[20s]) > 2';

let simulation: Simulation | undefined;

afterEach(async () => {
  await simulation?.stop();
  simulation = undefined;
});

async function installed(spec: Partial<OwnedSpec> = {}): Promise<Simulation> {
  simulation = new Simulation();
  simulation.startOperator();
  simulation.createApp({ trafficShiftUpdateInterval: 5, deploymentReadyWaitTime: 2, drainSeconds: 5, ...spec });
  await simulation.untilPhase('Released');
  await simulation.env.time.advance(2_000);
  return simulation;
}

const imageOf = (deployment: Deployment | undefined): string | undefined =>
  deployment?.spec?.template.spec?.containers[0]?.image;
const atWeight = (sim: Simulation, weight: number): Promise<void> => sim.env.time.until(() => sim.weight === weight);

async function released(sim: Simulation, image: string): Promise<void> {
  await sim.env.time.until(
    () => sim.app.status?.releasedImage === image && sim.app.status.phase === 'Released',
    900_000,
  );
}

/** What the Go operator did wrong, and its users met. */
describe('the faults of the original', () => {
  it('a worker blocked by a wait: one release that waits holds up no other', async () => {
    const sim = await installed({ deploymentReadyWaitTime: 600 });
    for (let index = 0; index < 40; index += 1)
      sim.createApp({ service: { hosts: [`app-${index}.example.com`] } }, `app-${index}`);
    await sim.env.time.advance(20_000);
    const { loopback } = sim.cluster.server;
    for (const app of loopback.list(CanaryApp))
      loopback.update(CanaryApp, { ...app, spec: { ...app.spec, image: v2 } });
    sim.createApp({ service: { hosts: ['late.example.com'] } }, 'late');
    await sim.env.time.advance(8_000);
    const phases = loopback.list(CanaryApp).map(({ metadata, status }) => `${metadata.name} ${status?.phase}`);
    expect(phases.filter((phase) => phase.endsWith(' Starting'))).toHaveLength(41);
    expect(phases).toContain('late Released');
  });

  it('the port lost when weights change: each weight is written with the port of the routes', async () => {
    const sim = await installed();
    const ports = new Set<number | undefined>();
    const stop = sim.cluster.server.loopback.watch(VirtualService, ({ object }) => {
      for (const { destination } of object.spec.http[0]?.route ?? []) ports.add(destination.port?.number);
    });
    sim.edit({ image: v2 });
    await released(sim, v2);
    stop();
    expect([...ports]).toEqual([8088]);
  });

  it('drift never repaired: what somebody changes by hand comes back at once, in a run and at rest', async () => {
    const sim = await installed();
    const { loopback } = sim.cluster.server;
    const selectOthers = (): void => {
      const live = loopback.get(Service, appKey);
      if (live !== undefined) loopback.update(Service, { ...live, spec: { ...live.spec, selector: { app: 'other' } } });
    };
    const selector = (): object | undefined => loopback.get(Service, appKey)?.spec?.selector;
    selectOthers();
    await sim.env.time.advance(500);
    expect(selector()).toEqual({ app: 'demo' });
    sim.edit({ image: v2 });
    await atWeight(sim, 20);
    selectOthers();
    await sim.env.time.advance(500);
    expect(selector()).toEqual({ app: 'demo' });
  });

  it('a change of replicas never applied: both counts follow the spec, in a run as well', async () => {
    const sim = await installed();
    const { loopback } = sim.cluster.server;
    sim.edit({ image: v2 });
    await atWeight(sim, 10);
    sim.edit({ replicas: 3, testReplicas: 2 });
    await sim.env.time.advance(500);
    expect(loopback.get(Deployment, primaryKey)?.spec?.replicas).toBe(3);
    expect(loopback.get(Deployment, secondaryKey)?.spec?.replicas).toBe(2);
    await released(sim, v2);
    sim.edit({ replicas: 1 });
    await sim.env.time.advance(500);
    expect(loopback.get(Deployment, primaryKey)?.spec?.replicas).toBe(1);
  });

  it('an image changed in the middle of a run promoted untested: it is judged from the beginning', async () => {
    const sim = await installed();
    const { loopback } = sim.cluster.server;
    const tested = new Set<string | undefined>(['go-status-code-server:v1']);
    const untested: (string | undefined)[] = [];
    loopback.watch(VirtualService, () => {
      if ((sim.weight ?? 0) >= 50) tested.add(imageOf(loopback.get(Deployment, secondaryKey)));
    });
    loopback.watch(Deployment, ({ object }) => {
      if (object.metadata.name === primaryKey.name && !tested.has(imageOf(object))) untested.push(imageOf(object));
    });
    sim.edit({ image: v2 });
    await atWeight(sim, 50);
    sim.edit({ image: v3 });
    await released(sim, v3);
    expect(untested).toEqual([]);
    expect(tested).toContain(v3);
  });

  it('secondary deleted while it has traffic: not one request is lost by an end of a run', async () => {
    const sim = await installed({ prometheusQuery: errors });
    sim.sendRequests('/hello', 20);
    sim.edit({ image: v3 });
    await atWeight(sim, 20);
    const stop = sim.sendRequests('/nothello', 100);
    await sim.env.time.until(() => sim.app.status?.lastFailedTag === v3);
    stop();
    await sim.untilPhase('Failed');
    sim.edit({ image: v2 });
    await atWeight(sim, 30);
    sim.edit({ image: 'go-status-code-server:v1' });
    await sim.env.time.advance(20_000);
    expect(sim.cluster.server.loopback.get(Deployment, secondaryKey)).toBeUndefined();
    expect(sim.failures()).toEqual([]);
  });

  it('errors of an older release failing a newer one: it waits until they are over', async () => {
    const sim = await installed({ prometheusQuery: errors.replace('20s', '1m') });
    sim.edit({ image: v3 });
    await atWeight(sim, 20);
    const stop = sim.sendRequests('/nothello', 100);
    await sim.env.time.until(() => sim.app.status?.lastFailedTag === v3);
    stop();
    sim.edit({ image: v2 });
    await sim.env.time.until(
      () => sim.app.status?.conditions?.some(({ reason }) => reason === 'AlreadyFailing') === true,
    );
    await released(sim, v2);
    expect(sim.app.status).toMatchObject({ lastFailedTag: v3, releasedImage: v2, failedRevisions: [] });
  });
});
