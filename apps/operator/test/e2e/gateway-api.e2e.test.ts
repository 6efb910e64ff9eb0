import { Deployment } from '@canaryop/reconcile/kinds';
import { resourceKind, type KubernetesObject } from '@canaryop/reconcile/object';
import { beforeAll, describe, it, type TestContext } from 'vitest';

import { CanaryApp, type CanaryAppSpec } from '../../src/api/v1/canaryapp.ts';
import { weightOfRoute } from '../../src/traffic/gateway-api/http-route.ts';
import { HTTPRoute } from '../../src/traffic/gateway-api/kinds.ts';
import { fileStage, ownWorld } from './stage/file-stage.ts';
import { image, type ReleasedApp } from './stage/released-app.ts';
import { until } from './stage/until.ts';

const stage = fileStage();
const gatewayKind = resourceKind<KubernetesObject & { readonly spec: unknown }>({
  group: 'gateway.networking.k8s.io',
  version: 'v1',
  kind: 'Gateway',
  plural: 'gateways',
});
/** A query that never finds anything: without a proxy there are no requests to judge by. */
const prometheusQuery = 'vector(0) > 1';
const traffic = { router: 'gateway-api' } as const;

beforeAll(async () => {
  const operator = await stage.operators.start();
  await operator.line('leading');
});

const listening = (hostname: string) => ({
  gatewayClassName: 'istio',
  listeners: [{ name: 'http', hostname, port: 80, protocol: 'HTTP' }],
});

/** A namespace with a Gateway that takes this host, or another one. istiod says what becomes of routes at it. */
async function place(context: TestContext, namespace: string, takes?: string): Promise<ReleasedApp> {
  ownWorld(stage, context);
  const app = await stage.app(namespace);
  const metadata = { namespace, name: 'public' };
  const apiVersion = 'gateway.networking.k8s.io/v1';
  await stage.cluster.client.create(gatewayKind, {
    apiVersion,
    kind: 'Gateway',
    metadata,
    spec: listening(takes ?? app.host),
  });
  return app;
}

const serviceOf = ({ host }: ReleasedApp) => ({ hosts: [host], gateways: ['public'] });

async function routeOf({ key }: ReleasedApp): Promise<HTTPRoute | undefined> {
  return stage.cluster.client.get(HTTPRoute, key);
}

/** Secondary's share as the route says now. */
async function shareOf(app: ReleasedApp): Promise<number | undefined> {
  const { name } = app.key;
  const route = await routeOf(app);
  return route && weightOfRoute(route, { primary: `${name}-primary`, secondary: `${name}-secondary` });
}

/** What trafficShift was, each value once for as long as it held. */
function shiftsOf({ statuses }: ReleasedApp): readonly (number | undefined)[] {
  const shifts = statuses.map(({ status }) => status.trafficShift);
  return shifts.filter((shift, at) => at === 0 || shift !== shifts[at - 1]);
}

describe.concurrent('an HTTPRoute, followed by istiod', () => {
  it('carries a rollout, whose weights count when istiod says so, and a rollback', async (context) => {
    const { expect } = context;
    const app = await place(context, 'e2e-gateway');
    await app.create({ prometheusQuery, traffic, service: serviceOf(app) });
    await app.untilPhase('Released');
    const parents = (await routeOf(app))?.status?.parents ?? [];
    expect(parents.map(({ controllerName }) => controllerName)).toEqual(['istio.io/gateway-controller']);
    await app.set({ image: image('v2') });
    await app.until('has v2', ({ status }) => status.releasedImage === image('v2'));
    expect(shiftsOf(app)).toEqual([0, 25, 50, 0]);
    await app.set({ image: image('v3') });
    await app.until('gives v3 traffic', ({ status }) => status.trafficShift === 25);
    expect(await shareOf(app)).toBe(25);
    await stage.cluster.kubectl(
      '-n',
      app.key.namespace,
      'annotate',
      'canaryapp',
      app.key.name,
      'canary.atze.io/command=abort@next#1',
    );
    await app.untilPhase('Failed');
    expect([await shareOf(app), app.imageOf('primary'), app.imageOf('secondary')]).toEqual([0, image('v2'), undefined]);
  });

  it('that is not accepted is said in istiod’s words, and begins to work when it is', async (context) => {
    const { expect } = context;
    const app = await place(context, 'e2e-gateway-refused', 'other.example.com');
    await app.create({ prometheusQuery, traffic, service: serviceOf(app) });
    const reason = (): string | undefined => app.status.conditions?.find(({ type }) => type === 'Stalled')?.reason;
    await app.until('says that its route is refused', () => reason() === 'RouteNotAccepted');
    const said = app.status.conditions?.find(({ type }) => type === 'Stalled')?.message;
    expect(said).toContain(
      'Gateway e2e-gateway-refused/public does not accept HTTPRoute demo (NoMatchingListenerHostname',
    );
    const key = { namespace: app.key.namespace, name: 'public' };
    await stage.cluster.patch(gatewayKind, key, { spec: listening(app.host) });
    await app.until('is released', ({ status }) => status.phase === 'Released' && reason() === undefined);
  });

  it('goes when the CanaryApp of an adopted Deployment is deleted, which has its pods again', async (context) => {
    const { expect } = context;
    const app = await place(context, 'e2e-gateway-adopted');
    const { namespace, name } = app.key;
    const labels = { app: name };
    const containers = [{ name: 'web', image: image('v1'), ports: [{ name: 'http', containerPort: 8088 }] }];
    await stage.cluster.client.create(Deployment, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: app.key,
      spec: {
        replicas: 2,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers } },
      },
    });
    await stage.cluster.client.create(CanaryApp, {
      apiVersion: 'canary.atze.io/v1',
      kind: 'CanaryApp',
      metadata: app.key,
      spec: {
        targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
        traffic,
        service: { ...serviceOf(app), port: 80, targetPort: 'http' },
        analysis: { intervalSeconds: 4, threshold: 1 },
        deploymentReadyWaitTime: 1,
        drainSeconds: 2,
      } as unknown as CanaryAppSpec,
    });
    await app.untilPhase('Released');
    const target = () => stage.cluster.deployments.lister.get(app.key);
    expect(target()?.spec?.replicas).toBe(0);
    await stage.cluster.kubectl('-n', namespace, 'delete', 'canaryapp', name, '--timeout=60s');
    expect(await routeOf(app)).toBeUndefined();
    await until('the target has its pods', () => target()?.status?.readyReplicas === 2);
  });
});
