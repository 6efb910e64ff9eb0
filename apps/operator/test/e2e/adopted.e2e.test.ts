import { ConfigMap, ControllerRevision, Deployment, HorizontalPodAutoscaler, Service } from '@canaryop/reconcile/kinds';
import type { KubernetesObject, ResourceKind } from '@canaryop/reconcile/object';
import { beforeAll, describe, it } from 'vitest';

import { CanaryApp, type CanaryAppSpec } from '../../src/api/v1/canaryapp.ts';
import { ServiceEntry } from '../../src/targets/service/external-name.ts';
import { Gateway, VirtualService } from '../../src/traffic/istio/kinds.ts';
import { weightOfHosts } from '../../src/traffic/istio/weighted-hosts.ts';
import { fileStage, ownWorld } from './stage/file-stage.ts';
import { prometheusHost } from './stage/operator-process.ts';
import { image, type ReleasedApp } from './stage/released-app.ts';
import { until } from './stage/until.ts';

const stage = fileStage();

beforeAll(async () => {
  const operator = await stage.operators.start();
  await operator.line('leading');
});

/** A Deployment as its owner has it, two pods behind their own label. */
function deployment(namespace: string, name: string, version: string): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace, name, labels: { app: name } },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          containers: [
            {
              name: 'podinfod',
              image: image(version),
              ports: [{ name: 'http', containerPort: 8088 }],
              lifecycle: { preStop: { sleep: { seconds: 5 } } },
            },
          ],
        },
      },
    },
  };
}

const analysis = {
  intervalSeconds: 4,
  threshold: 2,
  metrics: [{ name: 'request-success-rate', min: 95, intervalSeconds: 10 }],
};

/** The entrance of a namespace, and a CanaryApp for what is in it. */
async function adopt(app: ReleasedApp, spec: object): Promise<void> {
  const { namespace, name } = app.key;
  await stage.cluster.client.create(Gateway, {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Gateway',
    metadata: { namespace, name: 'public' },
    spec: {
      selector: { istio: 'ingressgateway' },
      servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: [app.host] }],
    },
  });
  await stage.cluster.client.create(CanaryApp, {
    apiVersion: 'canary.atze.io/v1',
    kind: 'CanaryApp',
    metadata: { namespace, name },
    spec: {
      service: { port: 80, targetPort: 8088, hosts: [app.host], gateways: ['public'] },
      prometheusURL: `http://${prometheusHost}`,
      analysis,
      deploymentReadyWaitTime: 2,
      drainSeconds: 3,
      strategy: { stepWeight: 25, maxWeight: 50 },
      ...spec,
    } as unknown as CanaryAppSpec,
  });
}

/** An adopted Deployment of the name of its CanaryApp, at rest. */
async function adopted(namespace: string, port: number, spec: object = {}): Promise<ReleasedApp> {
  const app = await stage.app(namespace);
  await stage.cluster.client.create(Deployment, deployment(namespace, app.key.name, 'v1'));
  await adopt(app, { targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: app.key.name }, ...spec });
  await app.untilPhase('Released');
  await app.untilServed(port);
  return app;
}

const shareOf = ({ key }: ReleasedApp): number | undefined => {
  const live = stage.cluster.virtualServices.lister.get(key);
  return live && weightOfHosts(live, { primary: `${key.name}-primary`, secondary: `${key.name}-canary` });
};

const setImage = ({ key }: ReleasedApp, version: string): Promise<string> =>
  stage.cluster.kubectl('-n', key.namespace, 'set', 'image', `deployment/${key.name}`, `podinfod=${image(version)}`);

const get = <T extends KubernetesObject>(kind: ResourceKind<T>, { key }: ReleasedApp, name = key.name) =>
  stage.cluster.client.get(kind, { namespace: key.namespace, name });

describe.concurrent('an adopted Deployment', () => {
  it('is released step by step by `kubectl set image`, and not one request fails', async (context) => {
    const { expect } = context;
    const { ingressPort } = ownWorld(stage, context);
    const app = await adopted('e2e-adopted', ingressPort);
    expect((await get(Deployment, app))?.spec?.replicas).toBe(0);
    const requests = app.requests(ingressPort, '/hello', 40);
    await setImage(app, 'v2');
    await app.until('has the first weight', () => shareOf(app) === 25);
    expect(await get(ControllerRevision, app, 'demo-primary')).toBeDefined();
    await app.until('is released', ({ status }) => status.releasedImage === image('v2') && status.phase === 'Released');
    await app.until('answers with v2 only', () => requests.answers.at(-1)?.body === 'Hello! v2');
    await requests.stop();
    expect(requests.failures).toEqual([]);
    expect((await get(Deployment, app))?.spec?.replicas).toBe(0);
    expect(app.imageOf('primary')).toBe(image('v2'));
    await until('what it could have gone back to is gone', async () => {
      return (await get(ControllerRevision, app, 'demo-primary')) === undefined;
    });
  });

  it('is rolled back when its success rate falls, and refused until retry', async (context) => {
    const { expect } = context;
    const { ingressPort } = ownWorld(stage, context);
    const app = await adopted('e2e-adopted-bad', ingressPort);
    const requests = app.requests(ingressPort);
    await setImage(app, 'v3');
    await app.until('has the first weight', () => shareOf(app) === 25);
    const errors = app.requests(ingressPort, '/nothello', 40);
    await app.until('has failed', ({ status }) => status.phase === 'Failed');
    await errors.stop();
    await requests.stop();
    expect(requests.failures).toEqual([]);
    expect(app.status).toMatchObject({ lastFailedTag: image('v3'), releasedImage: image('v1') });
    expect(shareOf(app)).toBe(0);
    expect(app.imageOf('primary')).toBe(image('v1'));
  });

  it('with an autoscaler has it copied, raised while a release runs, and everything back on delete', async (context) => {
    const { expect } = context;
    const { ingressPort } = ownWorld(stage, context);
    const namespace = 'e2e-adopted-hpa';
    await stage.app(namespace, { name: 'unused', host: 'unused.example.com' });
    await stage.cluster.client.create(HorizontalPodAutoscaler, {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { namespace, name: 'demo' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'demo' },
        minReplicas: 1,
        maxReplicas: 5,
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } },
        ],
      },
    });
    const autoscalerRef = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', name: 'demo' };
    const app = await adopted(namespace, ingressPort, { autoscalerRef });
    const least = async (): Promise<number | undefined> =>
      (await get(HorizontalPodAutoscaler, app, 'demo-primary'))?.spec.minReplicas;
    expect(await least()).toBe(1);
    const requests = app.requests(ingressPort);
    await setImage(app, 'v2');
    await app.until('has the first weight', () => shareOf(app) === 25);
    expect(await least()).toBe(2);
    await app.until('is released', ({ status }) => status.releasedImage === image('v2') && status.phase === 'Released');
    await requests.stop();
    expect(requests.failures).toEqual([]);
    expect(await least()).toBe(1);
    await stage.cluster.remove(CanaryApp, app.key);
    await until('the CanaryApp is gone', async () => (await get(CanaryApp, app)) === undefined, { timeoutMs: 60_000 });
    await until('its children are gone', async () => (await get(Deployment, app, 'demo-primary')) === undefined, {
      timeoutMs: 60_000,
    });
    const target = await get(Deployment, app);
    expect(target?.spec?.replicas).toBe(2);
    expect(target?.status?.readyReplicas).toBe(2);
    expect(await get(VirtualService, app)).toBeUndefined();
  });
});

describe.concurrent('the configuration of an adopted Deployment', () => {
  it('is released as a template is: tried, judged, and then copied for primary', async (context) => {
    const { expect } = context;
    const { ingressPort } = ownWorld(stage, context);
    const app = await stage.app('e2e-adopted-config');
    const { namespace, name } = app.key;
    const settings = { namespace, name: 'settings' };
    await stage.cluster.client.create(ConfigMap, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: settings,
      data: { mode: 'plain' },
    });
    const { spec, ...rest } = deployment(namespace, name, 'v1');
    const [container] = spec?.template.spec?.containers ?? [];
    const containers = [{ ...container, envFrom: [{ configMapRef: { name: 'settings' } }] }];
    const template = { ...spec?.template, spec: { ...spec?.template.spec, containers } };
    await stage.cluster.client.create(Deployment, { ...rest, spec: { ...spec, template } } as Deployment);
    await adopt(app, { targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name } });
    await app.untilPhase('Released');
    await app.untilServed(ingressPort);
    const copy = () => get(ConfigMap, app, 'settings-primary');
    expect((await copy())?.data).toEqual({ mode: 'plain' });
    const requests = app.requests(ingressPort);
    await stage.cluster.patch(ConfigMap, settings, { data: { mode: 'fancy' } });
    await app.until('has the first weight', () => shareOf(app) === 25);
    expect((await copy())?.data).toEqual({ mode: 'plain' });
    await until('primary has the judged content', async () => (await copy())?.data?.['mode'] === 'fancy', {
      timeoutMs: 60_000,
    });
    await app.untilPhase('Released');
    await requests.stop();
    expect(requests.failures).toEqual([]);
    await until(
      'what it could have gone back to is gone',
      async () => (await get(ConfigMap, app, 'settings-fallback')) === undefined,
    );
  });
});

describe.concurrent('an adopted Service', () => {
  const lead = (app: ReleasedApp, spec: object): Promise<void> => stage.cluster.patch(Service, app.key, { spec });

  it('shifts its requests to where it leads now, and not one fails', async (context) => {
    const { expect } = context;
    const { ingressPort } = ownWorld(stage, context);
    const app = await stage.app('e2e-service');
    const { namespace, name } = app.key;
    for (const [colour, version] of [
      ['blue', 'v1'],
      ['green', 'v2'],
    ] as const)
      await stage.cluster.client.create(Deployment, deployment(namespace, colour, version));
    await stage.cluster.client.create(Service, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace, name },
      spec: { selector: { app: 'blue' }, ports: [{ name: 'http', port: 80, targetPort: 8088, protocol: 'TCP' }] },
    });
    const byService = [{ name: 'errors', query: 'vector(0)', max: 0 }];
    await adopt(app, {
      targetRef: { apiVersion: 'v1', kind: 'Service', name },
      analysis: { ...analysis, metrics: byService },
    });
    await app.untilPhase('Released');
    await app.untilServed(ingressPort);
    const requests = app.requests(ingressPort);
    await lead(app, { selector: { app: 'green' } });
    await app.until('has the first weight', () => shareOf(app) === 25);
    await app.until('is released', ({ status }) => status.releasedImage === 'app=green' && status.phase === 'Released');
    await app.until('answers with v2 only', () => requests.answers.at(-1)?.body === 'Hello! v2');
    await requests.stop();
    expect(requests.failures).toEqual([]);
    expect((await get(Service, app, 'demo-primary'))?.spec?.selector).toEqual({ app: 'green' });
  });

  it('that leads out of the cluster has a ServiceEntry for as long as it does', async (context) => {
    const { expect } = context;
    const app = await stage.app('e2e-service-external');
    const { namespace, name } = app.key;
    await stage.cluster.client.create(Service, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace, name },
      spec: { type: 'ExternalName', externalName: 'blue.example.org' },
    });
    await adopt(app, { targetRef: { apiVersion: 'v1', kind: 'Service', name } });
    await app.untilPhase('Released');
    expect((await get(ServiceEntry, app, 'demo-primary'))?.spec.hosts).toEqual(['blue.example.org']);
    await lead(app, { externalName: 'green.example.org' });
    await app.until('is tried', ({ status }) => status.run?.image === 'green.example.org');
    await until(
      'the new host is known',
      async () => (await get(ServiceEntry, app, 'demo-canary'))?.spec.hosts.includes('green.example.org') === true,
    );
    expect((await get(ServiceEntry, app, 'demo-primary'))?.spec.hosts).toEqual(['blue.example.org']);
    const command = { 'canary.atze.io/command': 'promote@next#1' };
    await stage.cluster.patch(CanaryApp, app.key, { metadata: { annotations: command } });
    await app.until(
      'is released',
      ({ status }) => status.releasedImage === 'green.example.org' && status.phase === 'Released',
    );
    expect((await get(Service, app, 'demo-primary'))?.spec?.externalName).toBe('green.example.org');
    const ports = [{ name: 'http', port: 80, targetPort: 8088, protocol: 'TCP' }];
    await lead(app, { type: 'ClusterIP', externalName: null, selector: { app: 'inside' }, ports });
    await until(
      'the host is not tried any more',
      async () => (await get(ServiceEntry, app, 'demo-canary')) === undefined,
    );
  });
});
