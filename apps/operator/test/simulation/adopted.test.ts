import { Deployment, Service } from '@canaryop/reconcile/kinds';
import { afterEach, describe, expect, it } from 'vitest';

import { CanaryApp } from '../../src/api/v1/canaryapp.ts';
import { Gateway, VirtualService } from '../../src/traffic/istio/kinds.ts';
import { weightOfHosts } from '../../src/traffic/istio/weighted-hosts.ts';
import { Simulation } from './simulated-cluster.ts';

let simulation: Simulation | undefined;

afterEach(async () => {
  await simulation?.stop();
  simulation = undefined;
});

const key = { namespace: 'default', name: 'podinfo' } as const;
const named = (name: string) => ({ namespace: 'default', name });
const image = (version: string): string => `go-status-code-server:${version}`;

function target(version: string, replicas = 2): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { ...key, labels: { app: 'podinfo', team: 'x' } },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'podinfo' } },
      template: {
        metadata: { labels: { app: 'podinfo' } },
        spec: {
          containers: [
            {
              name: 'podinfod',
              image: image(version),
              ports: [{ name: 'http', containerPort: 8088 }],
              readinessProbe: { tcpSocket: { port: 8088 }, periodSeconds: 1 },
              lifecycle: { preStop: { sleep: { seconds: 5 } } },
            },
          ],
        },
      },
    },
  };
}

const spec = {
  targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'podinfo' },
  service: { port: 9898, targetPort: 8088, hosts: ['app.example.com'], gateways: ['public'] },
  analysis: { intervalSeconds: 10, threshold: 2 },
  deploymentReadyWaitTime: 5,
  drainSeconds: 5,
};

/** A cluster in which somebody runs podinfo, and has made a CanaryApp for it. */
async function adopted(): Promise<Simulation> {
  const sim = new Simulation();
  simulation = sim;
  const { loopback } = sim.cluster.server;
  loopback.create(Gateway, {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Gateway',
    metadata: named('public'),
    spec: {
      selector: { istio: 'ingressgateway' },
      servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }],
    },
  });
  loopback.create(Deployment, target('v1'));
  await sim.env.time.advance(5_000);
  sim.startOperator();
  loopback.create(CanaryApp, {
    apiVersion: 'canary.atze.io/v1',
    kind: 'CanaryApp',
    metadata: key,
    spec,
  } as unknown as CanaryApp);
  await untilPhase(sim, 'Released');
  return sim;
}

const app = (sim: Simulation): CanaryApp | undefined => sim.cluster.server.loopback.get(CanaryApp, key);
const untilPhase = (sim: Simulation, phase: string): Promise<void> =>
  sim.env.time.until(() => app(sim)?.status?.phase === phase, 900_000);
const deployment = (sim: Simulation, name: string): Deployment | undefined =>
  sim.cluster.server.loopback.get(Deployment, named(name));
const weight = (sim: Simulation): number | undefined => {
  const routes = sim.cluster.server.loopback.get(VirtualService, key);
  return routes && weightOfHosts(routes, { primary: 'podinfo-primary', secondary: 'podinfo-canary' });
};
const release = (sim: Simulation, version: string): void => {
  const { loopback } = sim.cluster.server;
  const live = deployment(sim, 'podinfo');
  if (live === undefined) throw new Error('there is no podinfo');
  loopback.update(Deployment, {
    ...live,
    spec: { ...live.spec, template: target(version).spec?.template },
  } as Deployment);
};
const imageOf = (found: Deployment | undefined): string | undefined => found?.spec?.template.spec?.containers[0]?.image;

describe('an adopted Deployment', () => {
  it('is copied for primary, which takes over its traffic, and is scaled to 0', async () => {
    const sim = await adopted();
    const primary = deployment(sim, 'podinfo-primary');
    expect(primary?.spec?.selector.matchLabels).toEqual({ app: 'podinfo-primary' });
    expect(primary?.metadata.labels).toEqual({ app: 'podinfo-primary', team: 'x' });
    expect([imageOf(primary), primary?.spec?.replicas]).toEqual([image('v1'), 2]);
    expect(deployment(sim, 'podinfo')?.spec?.replicas).toBe(0);
    expect(weight(sim)).toBe(0);
    const services = sim.cluster.server.loopback.list(Service).map(({ metadata }) => metadata.name);
    expect(services).toEqual(expect.arrayContaining(['podinfo', 'podinfo-canary', 'podinfo-primary']));
  });

  it('rolls a new template out step by step, and promotes it', async () => {
    const sim = await adopted();
    const stop = sim.sendRequests('/hello');
    release(sim, 'v2');
    await sim.env.time.advance(1_000);
    await sim.env.time.until(() => (weight(sim) ?? 0) > 0, 120_000);
    await untilPhase(sim, 'Released');
    stop();
    expect(imageOf(deployment(sim, 'podinfo-primary'))).toBe(image('v2'));
    expect(deployment(sim, 'podinfo')?.spec?.replicas).toBe(0);
    expect(app(sim)?.status).toMatchObject({ releasedImage: image('v2'), successfulRelease: true });
    expect(sim.failures()).toEqual([]);
  });

  it('gets its replicas and its traffic back when the CanaryApp is deleted, and nothing else is left', async () => {
    const sim = await adopted();
    const stop = sim.sendRequests('/hello');
    const { loopback } = sim.cluster.server;
    loopback.delete(CanaryApp, key);
    await sim.env.time.until(() => app(sim) === undefined, 120_000);
    await sim.env.time.advance(60_000);
    stop();
    expect(deployment(sim, 'podinfo')?.spec?.replicas).toBe(2);
    expect(deployment(sim, 'podinfo-primary')).toBeUndefined();
    expect(loopback.list(VirtualService)).toEqual([]);
    expect(loopback.list(Service).filter(({ metadata }) => metadata.name.startsWith('podinfo'))).toEqual([]);
  });
});
