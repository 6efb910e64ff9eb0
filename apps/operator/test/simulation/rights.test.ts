import { HorizontalPodAutoscaler, Service } from '@canaryop/reconcile/kinds';
import { eventPermissions, leaderElectionPermissions } from '@canaryop/reconcile/manager';
import type { KubernetesObject, ResourceKind } from '@canaryop/reconcile/object';
import type { Permission } from '@canaryop/reconcile/rbac';
import type { RequestRecord } from '@canaryop/simkube';
import { afterEach, describe, expect, it } from 'vitest';

import { CanaryApp } from '../../src/api/v1/canaryapp.ts';
import { leaseName } from '../../src/lease-name.ts';
import { canaryAppPermissions, secretTrackingPermissions } from '../../src/controllers/canaryapp/permissions.ts';
import { keeperPermissions } from '../../src/controllers/keeper/permissions.ts';
import { DestinationRule, Gateway } from '../../src/traffic/istio/kinds.ts';
import { ConfigStory } from './config-story.ts';
import { shop as shopKey, shopCluster, shopDeployment, shopImage } from './keeper-simulation.ts';
import { podinfo, podinfoCluster } from './adopted-simulation.ts';
import { byRoute, gatewayCluster } from './gateway-simulation.ts';
import { appKey, operatorAccount as account, operatorNamespace, Simulation } from './simulated-cluster.ts';

let simulation: Simulation | undefined;

afterEach(async () => {
  await simulation?.stop();
  simulation = undefined;
});

/** A cluster where the operator runs as it is installed, with leader election. */
async function installed(): Promise<Simulation> {
  const sim = new Simulation({
    operator: { leaderElection: { lease: { namespace: operatorNamespace, name: leaseName } } },
  });
  simulation = sim;
  sim.startOperator();
  sim.createApp();
  await sim.untilPhase('Released');
  return sim;
}

/** Everything that the operator ever does, once. */
async function liveThrough(sim: Simulation): Promise<void> {
  const { loopback } = sim.cluster.server;
  sim.edit({ image: 'go-status-code-server:v2', replicas: 3 });
  await sim.env.time.until(() => (sim.weight ?? 0) > 0, 120_000);
  await sim.untilPhase('Released');
  sim.edit({ imageListenPort: 9090, image: 'go-status-code-server:v3' });
  await sim.env.time.advance(1_000);
  await sim.untilPhase('Released');
  damage(sim, DestinationRule, { subsets: [] });
  damage(sim, Gateway, { selector: { istio: 'other' } });
  await sim.env.time.advance(5_000);
  sim.edit({ service: { hosts: ['*'], gateways: ['istio-system/shared'] } });
  await sim.env.time.until(() => loopback.get(Gateway, appKey) === undefined, 60_000);
}

/** Changes a child by hand. */
function damage<T extends KubernetesObject & { readonly spec: object }>(
  sim: Simulation,
  kind: ResourceKind<T>,
  change: Partial<T['spec']>,
): void {
  const { loopback } = sim.cluster.server;
  const live = loopback.get(kind, appKey);
  if (live === undefined) throw new Error(`there is no ${kind.kind} demo`);
  loopback.update(kind, { ...live, spec: { ...live.spec, ...change } });
}

/** Everything that happens to an adopted Deployment with an autoscaler, and to an adopted Service. */
async function adoptAndLetGo(): Promise<readonly RequestRecord[]> {
  const sim = await podinfoCluster();
  const { loopback } = sim.cluster.server;
  const autoscalerRef = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', name: podinfo.name };
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: podinfo.name };
  loopback.create(HorizontalPodAutoscaler, {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: podinfo,
    spec: { scaleTargetRef, minReplicas: 1, maxReplicas: 6 },
  });
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { ...podinfo, name: 'outside' },
    spec: { type: 'ExternalName', externalName: 'a.example.com' },
  };
  loopback.create(Service, service);
  sim.startOperator();
  sim.adopt({ autoscalerRef });
  const targetRef = { apiVersion: 'v1', kind: 'Service', name: 'outside' };
  sim.adopt({ targetRef, service: { port: 80 } }, 'outside');
  await sim.untilAdopted('Released');
  sim.sendRequests('/hello', 200);
  sim.release('v2');
  await sim.untilShare(10);
  await sim.untilAdopted('Released');
  const live = loopback.get(Service, service.metadata);
  const inside = { selector: { app: 'podinfo-primary' }, ports: [{ name: 'http', port: 80, protocol: 'TCP' }] };
  loopback.update(Service, { ...service, metadata: live?.metadata ?? service.metadata, spec: inside });
  await sim.env.time.advance(5_000);
  sim.command('promote@next#1');
  for (const name of [podinfo.name, 'outside']) loopback.delete(CanaryApp, { ...podinfo, name });
  await sim.env.time.until(() => sim.adopted() === undefined && sim.adopted('outside') === undefined, 120_000);
  const { requests } = sim;
  await sim.stop();
  return requests;
}

/** Everything that happens to an HTTPRoute. */
async function routeAndLetGo(): Promise<readonly RequestRecord[]> {
  const sim = await gatewayCluster({ istio: true });
  sim.startOperator();
  sim.adopt(byRoute);
  await sim.untilAdopted('Released');
  sim.release('v2');
  await sim.untilShare(10);
  sim.cluster.server.loopback.delete(CanaryApp, podinfo);
  await sim.env.time.until(() => sim.adopted() === undefined, 120_000);
  const { requests } = sim;
  await sim.stop();
  return requests;
}

/** Everything that happens to an image that is tried in a single pod. */
async function tryInOnePod(): Promise<readonly RequestRecord[]> {
  const annotations = { 'canary-image': shopImage('v2'), 'canary-name': 'web', 'canary-duration': '20s' };
  const sim = await shopCluster({}, shopDeployment('v1', { labels: { canary: 'true' }, annotations }));
  sim.startOperator();
  await sim.until(() => sim.image === shopImage('v2'));
  await sim.untilPhase('Released');
  sim.change((live) => ({ ...live, metadata: { ...live.metadata, labels: {} } }));
  await sim.until(() => sim.cluster.server.loopback.get(CanaryApp, shopKey) === undefined);
  const { requests } = sim;
  await sim.stop();
  return requests;
}

/** Everything that happens to configuration, with the rights to it that a namespace may give. */
async function trackConfigs(): Promise<readonly RequestRecord[]> {
  const shop = new ConfigStory();
  await shop.install();
  shop.sim.sendRequests('/', 200);
  shop.setConfigMap('settings', { mode: 'fancy' });
  shop.setSecret('token', 't2');
  await shop.untilRun('Released');
  await shop.sim.env.time.advance(5_000);
  const { requests } = shop.sim;
  await shop.sim.stop();
  return requests;
}

/** What this story does not show, and why the operator needs it all the same. */
const unshown = [
  // Asked by admission (OwnerReferencesPermissionEnforcement), not by a request.
  'update canary.atze.io/canaryapps/finalizers',
  // An API server that does not serve WatchList is listed.
  ...[
    'canary.atze.io/canaryapps',
    '/pods',
    '/services',
    'apps/deployments',
    'networking.istio.io/destinationrules',
    'networking.istio.io/virtualservices',
    'networking.istio.io/gateways',
    'networking.istio.io/serviceentries',
    'gateway.networking.k8s.io/httproutes',
    '/configmaps',
    '/secrets',
    'apps/controllerrevisions',
    'autoscaling/horizontalpodautoscalers',
    'discovery.k8s.io/endpointslices',
  ].map((resource) => `list ${resource}/`),
  // Neither OpenShift nor KEDA is installed in these stories.
  ...['watch', 'patch'].map((verb) => `${verb} apps.openshift.io/deploymentconfigs/`),
  ...['get', 'list', 'watch', 'create', 'patch'].map((verb) => `${verb} keda.sh/scaledobjects/`),
  // The read before a field is dropped that an earlier release of the operator posted.
  'get networking.istio.io/destinationrules/',
  'get networking.istio.io/virtualservices/',
  'get networking.istio.io/gateways/',
  'get networking.istio.io/serviceentries/',
  'get gateway.networking.k8s.io/httproutes/',
  'get autoscaling/horizontalpodautoscalers/',
  // The host outside of the cluster never changes in these stories without its Service leaving it.
  'patch networking.istio.io/serviceentries/',
  // An event that recurs is counted.
  'patch /events/',
];

function rightsUsed(requests: readonly RequestRecord[]): ReadonlySet<string> {
  return new Set(
    requests
      .filter(({ user, code }) => user === account.username && code !== 403)
      .map(({ verb, group, resource, subresource }) => `${verb} ${group}/${resource}/${subresource}`),
  );
}

function rightsGranted(permissions: readonly Permission[]): readonly string[] {
  return permissions.flatMap(({ resource, subresource = '', verbs }) =>
    verbs.map((verb) => `${verb} ${resource.group}/${resource.plural}/${subresource}`),
  );
}

describe('the operator under the rights that it is installed with', () => {
  it('is refused nothing, and has no right without a use', { timeout: 120_000 }, async () => {
    const sim = await installed();
    await liveThrough(sim);
    const requests = [
      ...sim.requests,
      ...(await adoptAndLetGo()),
      ...(await routeAndLetGo()),
      ...(await trackConfigs()),
      ...(await tryInOnePod()),
    ];
    const refused = requests.filter(({ user, code }) => user === account.username && (code === 401 || code === 403));
    expect(refused).toEqual([]);
    const used = rightsUsed(requests);
    const granted = rightsGranted([
      ...canaryAppPermissions,
      ...keeperPermissions,
      ...secretTrackingPermissions,
      ...eventPermissions,
      ...leaderElectionPermissions(leaseName),
    ]);
    expect(granted.filter((right) => !used.has(right)).toSorted()).toEqual(unshown.toSorted());
  });

  it('can’t read what is none of its business', async () => {
    const sim = await installed();
    const transport = sim.cluster.server.transport(account);
    const statuses: Record<string, number> = {};
    for (const path of [
      '/api/v1/secrets',
      '/api/v1/namespaces/default/secrets',
      '/api/v1/nodes',
      '/apis/coordination.k8s.io/v1/leases',
      `/apis/coordination.k8s.io/v1/namespaces/${operatorNamespace}/leases/another`,
      '/apis/rbac.authorization.k8s.io/v1/clusterroles',
      '/apis/apps/v1/namespaces/default/deployments/demo-primary/scale',
    ]) {
      const response = await transport.request({ method: 'GET', url: `https://cluster${path}`, headers: {} });
      for await (const _chunk of response.body) continue;
      statuses[path] = response.status;
    }
    expect(new Set(Object.values(statuses))).toEqual(new Set([403]));
  });
});
