import { Deployment, Service } from '@canaryop/reconcile/kinds';
import { afterEach, describe, expect, it } from 'vitest';

import { CanaryApp } from '../../src/api/v1/canaryapp.ts';
import { httpRouteOf } from '../../src/traffic/gateway-api/http-route.ts';
import { HTTPRoute } from '../../src/traffic/gateway-api/kinds.ts';
import { kindOf } from '../manifests/install.ts';
import { sampleSpec } from '../plan/tiny-world.ts';
import { image, imageOf, named, podinfo, services, target } from './adopted-simulation.ts';
import { byRoute, gateway, gatewayCluster, gatewayServiceCluster, GatewaySimulation } from './gateway-simulation.ts';
import { lead, serviceFor } from './service-simulation.ts';

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

/** A metric that never finds anything. */
const silent = { intervalSeconds: 10, threshold: 1, metrics: [{ name: 'errors', query: 'vector(0)', max: 0 }] };

const isRefused = (sim: GatewaySimulation): boolean => sim.condition('Ready')?.reason === 'RouteNotAccepted';

describe('a Deployment that is released by an HTTPRoute', () => {
  it('is rolled back when it answers with errors', async () => {
    const sim = await adopted();
    sim.sendRequests('/hello', 50);
    sim.release('v3');
    await sim.untilShare(10);
    sim.sendRequests('/nothello', 50);
    await sim.untilAdopted('Failed');
    expect([sim.share, imageOf(sim.deployment('podinfo-primary')), sim.deployment()?.spec?.replicas]).toEqual([
      0,
      image('v1'),
      0,
    ]);
    expect(sim.failures()).toEqual([]);
  });

  it('gets its pods and its traffic back when the CanaryApp is deleted, and the route goes', async () => {
    const sim = await adopted();
    sim.cluster.server.loopback.delete(CanaryApp, podinfo);
    await sim.env.time.until(() => sim.share === 100, 60_000);
    expect(sim.deployment()?.spec?.replicas).toBe(2);
    await sim.env.time.until(() => sim.adopted() === undefined, 60_000);
    expect([sim.route, sim.deployment('podinfo-primary')?.metadata.deletionTimestamp]).toEqual([undefined, undefined]);
    expect(sim.deployment()?.status?.readyReplicas).toBe(2);
  });

  it('costs nothing at rest', async () => {
    const sim = await adopted();
    await sim.env.time.advance(60_000);
    sim.requests.length = 0;
    await sim.env.time.advance(600_000);
    // Kinds of Istio, which is not installed, are looked for all the same.
    expect(sim.requests.filter(({ verb, code }) => verb !== 'watch' && code !== 404)).toEqual([]);
  });
});

describe('other modes with an HTTPRoute', () => {
  it('release an image, between Services of their own, on a new port as well', async () => {
    const sim = await start();
    const { loopback } = sim.cluster.server;
    const metadata = named('demo');
    const spec = { ...sampleSpec, ...byRoute, service: { hosts: ['*'], gateways: ['public'] } };
    loopback.create(CanaryApp, {
      apiVersion: 'canary.atze.io/v1',
      kind: 'CanaryApp',
      metadata,
      spec,
    });
    await sim.untilPhase('Released');
    await sim.env.time.advance(2_000);
    sim.sendRequests('/hello', 50);
    sim.edit({ image: image('v2'), imageListenPort: 9090 });
    await sim.env.time.until(() => sim.app.status?.trafficShift === 50, 300_000);
    await sim.untilPhase('Released');
    expect(imageOf(loopback.get(Deployment, named('demo-primary')))).toBe(image('v2'));
    const selectors = ['demo', 'demo-primary', 'demo-secondary'].map(
      (name) => loopback.get(Service, named(name))?.spec?.selector?.['service'],
    );
    expect(selectors).toEqual(['primary', 'primary', 'secondary']);
    expect(sim.failures()).toEqual([]);
  });

  it('shift a Service, without Istio', async () => {
    const sim = await start(gatewayServiceCluster);
    const targetRef = { apiVersion: 'v1', kind: 'Service', name: 'podinfo' };
    sim.adopt({ ...byRoute, targetRef, analysis: silent });
    await sim.untilAdopted('Released');
    await sim.env.time.advance(2_000);
    sim.sendRequests('/hello', 50);
    lead(sim, serviceFor('green'));
    await sim.untilShare(50);
    await sim.untilAdopted('Released');
    expect(sim.cluster.server.loopback.get(Service, named('podinfo-primary'))?.spec?.selector).toEqual({
      app: 'podinfo-green',
    });
    expect(sim.failures()).toEqual([]);
  });

  it('refuse a Service that leads out of the cluster, and say so', async () => {
    const sim = await start(gatewayServiceCluster);
    lead(sim, { ...serviceFor('blue'), spec: { type: 'ExternalName', externalName: 'a.example.com' } });
    sim.adopt({ ...byRoute, targetRef: { apiVersion: 'v1', kind: 'Service', name: 'podinfo' } });
    await sim.env.time.until(() => sim.condition('Stalled')?.reason === 'TargetUnsupported', 60_000);
    expect(sim.condition('Stalled')?.message).toContain('leads out of the cluster');
    expect(sim.route).toBeUndefined();
  });

  it('judge by iterations, without traffic', async () => {
    const sim = await adopted({ strategy: { iterations: 3 }, analysis: silent });
    sim.sendRequests('/hello', 50);
    sim.release('v2');
    await sim.env.time.until(() => sim.adopted()?.status?.releasedImage === image('v2'), 300_000);
    expect(sim.adopted()?.status?.trafficShift).toBe(0);
    expect(sim.failures()).toEqual([]);
  });
});

describe('an HTTPRoute that its Gateway does not accept', () => {
  it('holds a release at its weight, and a breach still takes it back', async () => {
    const sim = await adopted({ service: { ...byRoute.service, hosts: ['shop.example.com'] }, analysis: undefined });
    sim.release('v2');
    await sim.untilShare(10);
    sim.setGateway(gateway('other.example.com'));
    await sim.env.time.until(() => isRefused(sim), 120_000);
    await sim.env.time.advance(120_000);
    expect([sim.share, sim.adopted()?.status?.phase, sim.deployment()?.spec?.replicas]).toEqual([10, 'Shifting', 1]);
    sim.command('abort@next#1');
    await sim.env.time.until(() => sim.share === 0, 10_000);
    await sim.env.time.advance(120_000);
    expect([isRefused(sim), sim.deployment()?.status?.readyReplicas]).toEqual([true, 1]);
    sim.setGateway(gateway());
    await sim.untilAdopted('Failed');
    expect(sim.deployment()?.spec?.replicas).toBe(0);
  });

  it('is said at rest, where nothing else changes', async () => {
    const sim = await adopted({ service: { ...byRoute.service, hosts: ['shop.example.com'] } });
    sim.setGateway(gateway('other.example.com'));
    await sim.env.time.until(() => isRefused(sim), 120_000);
    const primary = sim.deployment('podinfo-primary')?.metadata.generation;
    sim.release('v2');
    await sim.env.time.advance(60_000);
    expect([sim.share, sim.deployment()?.spec?.replicas]).toEqual([0, 0]);
    expect(sim.deployment('podinfo-primary')?.metadata.generation).toBe(primary);
    sim.setGateway(gateway());
    await sim.untilShare(10);
  });

  it('that no Gateway takes up is said after half a minute, and keeps no deletion waiting', async () => {
    const sim = await start();
    sim.setGateway(gateway(undefined, 'nobody'));
    sim.adopt(byRoute);
    await sim.env.time.until(() => isRefused(sim), 120_000);
    expect(sim.condition('Ready')?.message).toContain(
      'Gateway default/public has not accepted HTTPRoute podinfo as it is now',
    );
    sim.cluster.server.loopback.delete(CanaryApp, podinfo);
    await sim.env.time.until(() => sim.adopted() === undefined, 120_000);
    await sim.env.time.advance(5_000);
    expect([sim.route, sim.deployment()?.spec?.replicas]).toEqual([undefined, 2]);
  });
});

describe('what stands in the way of an HTTPRoute', () => {
  it('is somebody else’s of the same name, which is never touched', async () => {
    const sim = await start();
    const theirs = httpRouteOf(podinfo, { gateways: ['public'], hosts: ['*'], services, port: 80, weight: 0 });
    sim.cluster.server.loopback.create(HTTPRoute, theirs);
    sim.adopt(byRoute);
    await sim.env.time.until(() => sim.condition('Stalled')?.reason === 'ForeignObject', 60_000);
    expect(sim.route?.spec).toEqual(theirs.spec);
    sim.cluster.server.loopback.delete(HTTPRoute, podinfo);
    await sim.untilAdopted('Released');
  });

  it('are CRDs that are not installed, and work begins when they are', async () => {
    simulation = new GatewaySimulation({ gatewayApi: false });
    const sim = simulation;
    sim.cluster.server.loopback.create(Deployment, target('v1'));
    sim.startOperator();
    sim.adopt(byRoute);
    await sim.env.time.until(() => sim.condition('Stalled')?.reason === 'KindMissing', 60_000);
    expect(sim.condition('Stalled')?.message).toContain("install the Gateway API's CRDs");
    sim.installGatewayApi();
    await sim.env.time.advance(1_000);
    sim.cluster.server.loopback.create(kindOf(gateway()), gateway());
    await sim.untilAdopted('Released');
    expect(sim.share).toBe(0);
  });

  it('is an older CanaryApp that has the host at that Gateway', async () => {
    const sim = await adopted({ service: { ...byRoute.service, hosts: ['shop.example.com'] } });
    const targetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'other' };
    sim.cluster.server.loopback.create(Deployment, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: named('other'),
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: 'other' } },
        template: {
          metadata: { labels: { app: 'other' } },
          spec: { containers: [{ name: 'other', image: image('v1') }] },
        },
      },
    });
    sim.adopt({ ...byRoute, targetRef, service: { ...byRoute.service, hosts: ['shop.example.com'] } }, 'other');
    await sim.env.time.until(() => sim.condition('Stalled', 'other')?.reason === 'HostConflict', 60_000);
    expect(sim.cluster.server.loopback.get(HTTPRoute, named('other'))).toBeUndefined();
  });
});
