import { afterEach, describe, expect, it } from 'vitest';

import { httpRouteOf } from '../../src/traffic/gateway-api/http-route.ts';
import { HTTPRoute } from '../../src/traffic/gateway-api/kinds.ts';
import { image, imageOf, podinfo, services } from './adopted-simulation.ts';
import { byRoute, gateway, gatewayCluster, type GatewaySimulation } from './gateway-simulation.ts';

let simulation: GatewaySimulation | undefined;

afterEach(async () => {
  await simulation?.stop();
  simulation = undefined;
});

async function start(cluster = gatewayCluster): Promise<GatewaySimulation> {
  simulation = await cluster();
  simulation.startOperator();
  return simulation;
}

/** A cluster where podinfo is released by an HTTPRoute, and at rest. */
async function adopted(spec: object = {}): Promise<GatewaySimulation> {
  const sim = await start();
  sim.adopt({ ...byRoute, ...spec });
  await sim.untilAdopted('Released');
  return sim;
}

const isRefused = (sim: GatewaySimulation): boolean => sim.condition('Ready')?.reason === 'RouteNotAccepted';

describe('a Deployment that is released by an HTTPRoute', () => {
  it('is promoted step by step, and no request is lost', async () => {
    const sim = await adopted();
    sim.sendRequests('/hello', 50);
    const shares: (number | undefined)[] = [];
    const unwatch = sim.cluster.server.loopback.watch(HTTPRoute, () => {
      if (shares.at(-1) !== sim.share) shares.push(sim.share);
    });
    sim.release('v2');
    await sim.untilShare(10);
    await sim.untilAdopted('Released');
    unwatch();
    expect(shares).toEqual([0, 10, 20, 30, 40, 50, 0]);
    expect(imageOf(sim.deployment('podinfo-primary'))).toBe(image('v2'));
    expect(sim.failures()).toEqual([]);
    expect(sim.answers.some(({ body }) => body.includes('v2'))).toBe(true);
  });

  it('shows a weight once its Gateway follows it', async () => {
    const sim = await adopted();
    sim.sendRequests('/hello', 50);
    sim.release('v2');
    await sim.untilShare(10);
    expect([sim.adopted()?.status?.run?.step, sim.adopted()?.status?.trafficShift]).toEqual([10, 0]);
    await sim.env.time.until(() => sim.adopted()?.status?.trafficShift === 10, 5_000);
    expect(sim.route?.status?.parents?.[0]?.conditions?.[0]?.observedGeneration).toBe(sim.route?.metadata.generation);
  });

  it('has its route repaired', async () => {
    const sim = await adopted();
    const wanted = sim.route?.spec;
    const { loopback } = sim.cluster.server;
    const there = httpRouteOf(podinfo, { ...byRoute.service, services, port: 9898, weight: 100 });
    loopback.update(HTTPRoute, { ...there, metadata: sim.route?.metadata ?? podinfo });
    await sim.env.time.advance(5_000);
    expect(sim.route?.spec).toEqual(wanted);
    loopback.delete(HTTPRoute, podinfo);
    await sim.env.time.advance(5_000);
    expect(sim.route?.spec).toEqual(wanted);
  });
});

describe('an HTTPRoute that its Gateway does not accept', () => {
  it('keeps the target serving that was there before, says why, and goes on when it is accepted', async () => {
    const sim = await start();
    sim.setGateway(gateway('other.example.com'));
    sim.adopt({ ...byRoute, service: { ...byRoute.service, hosts: ['shop.example.com'] } });
    await sim.env.time.until(() => isRefused(sim), 120_000);
    expect(sim.condition('Ready')?.message).toContain(
      'Gateway default/public does not accept HTTPRoute podinfo (NoMatch',
    );
    await sim.env.time.advance(60_000);
    expect([sim.deployment()?.spec?.replicas, sim.deployment()?.status?.readyReplicas]).toEqual([2, 2]);
    sim.setGateway(gateway());
    await sim.untilAdopted('Released');
    expect(sim.deployment()?.spec?.replicas).toBe(0);
  });
});
