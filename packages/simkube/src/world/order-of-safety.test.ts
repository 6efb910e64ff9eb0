import { describe, expect, it } from 'vitest';

import { steadyTraffic } from '../../test/steady-traffic.ts';
import {
  deploymentOf,
  installApplication,
  routing,
  startCluster,
  type VirtualCluster,
} from '../../test/virtual-cluster.ts';
import { deploymentKind } from '../kinds/apps-v1.ts';
import { podKind } from '../kinds/core-v1.ts';
import { destinationRuleKind, gatewayKind, virtualServiceKind } from '../kinds/istio-v1.ts';

const app = { namespace: 'default', name: 'app' };
const secondary = { namespace: 'default', name: 'app-secondary' };
const secondaryLabels = { app: 'app', service: 'secondary' };

async function createSecondary(cluster: VirtualCluster, image = 'sample-server:v2', preStopSeconds = 5): Promise<void> {
  cluster.api.create(deploymentKind, deploymentOf(secondary.name, image, { labels: secondaryLabels, preStopSeconds }));
  await cluster.untilRolledOut(secondary.name);
}

interface Scenario {
  readonly name: string;
  /** Lag of configuration and of endpoints (default 200). */
  readonly lagMs?: number;
  readonly preStopSeconds?: number;
  /** What is done under steady traffic; ten seconds of traffic follow. */
  readonly act: (cluster: VirtualCluster, lagMs: number) => Promise<void>;
}

async function failuresOf(scenario: Scenario): Promise<ReadonlyMap<string, number>> {
  const lagMs = scenario.lagMs ?? 200;
  const cluster = startCluster({ istio: true, lags: { configMs: lagMs, endpointsMs: lagMs } });
  await installApplication(cluster, scenario.preStopSeconds ?? 5);
  const traffic = steadyTraffic(cluster);
  await cluster.env.time.advance(500);
  await scenario.act(cluster, lagMs);
  await cluster.env.time.advance(10_000);
  const result = await traffic.stop();
  await cluster.stop();
  expect(result.sent).toBeGreaterThan(400);
  return result.failures;
}

const connectError = '503 upstream connect error or disconnect/reset before headers. reset reason:';
const noHealthyUpstream = '503 no healthy upstream';
const noCluster = '503 ';
const noRoute = '404 ';
const refused = `${connectError} remote connection failure`;
const reset = `${connectError} connection termination`;

interface UnsafeScenario extends Scenario {
  /** What the lost requests are answered with: the loss has this cause and no other. */
  readonly answer: string;
}

const unsafe: readonly UnsafeScenario[] = [
  {
    name: 'the secondary is deleted while it has weight',
    answer: noHealthyUpstream,
    act: async (cluster) => {
      await createSecondary(cluster);
      await cluster.env.time.advance(1000);
      cluster.setWeights(50, 50);
      await cluster.env.time.advance(1000);
      cluster.api.delete(deploymentKind, secondary);
    },
  },
  {
    name: 'the secondary is deleted right after weight 0, with a lag longer than its preStop hook',
    answer: refused,
    lagMs: 5000,
    preStopSeconds: 1,
    act: async (cluster) => {
      await createSecondary(cluster, 'sample-server:v2', 1);
      await cluster.env.time.advance(6000);
      cluster.setWeights(50, 50);
      await cluster.env.time.advance(6000);
      cluster.setWeights(100, 0);
      cluster.api.delete(deploymentKind, secondary);
    },
  },
  {
    name: 'weight goes to a subset without pods',
    answer: noHealthyUpstream,
    act: async (cluster) => {
      cluster.setWeights(90, 10);
      await cluster.env.time.advance(1000);
    },
  },
  {
    name: 'weight goes to a secondary that is not ready yet',
    answer: noHealthyUpstream,
    act: async (cluster) => {
      cluster.api.create(deploymentKind, deploymentOf(secondary.name, 'sample-server:v2', { labels: secondaryLabels }));
      cluster.setWeights(50, 50);
      await cluster.env.time.advance(3000);
    },
  },
  {
    name: 'weight goes to a secondary whose image never gets ready',
    answer: noHealthyUpstream,
    act: async (cluster) => {
      cluster.api.create(deploymentKind, deploymentOf(secondary.name, 'app:never-ready', { labels: secondaryLabels }));
      await cluster.env.time.advance(30_000);
      cluster.setWeights(90, 10);
    },
  },
  {
    name: 'the VirtualService names a subset that no DestinationRule has',
    answer: noCluster,
    act: async (cluster) => {
      const live = cluster.api.get(destinationRuleKind, app);
      if (live === undefined) throw new Error('no DestinationRule');
      const subsets = (live.spec.subsets ?? []).slice(0, 1);
      cluster.api.update(destinationRuleKind, { ...live, spec: { ...live.spec, subsets } });
      await createSecondary(cluster);
      await cluster.env.time.advance(1000);
      cluster.setWeights(50, 50);
    },
  },
  {
    name: 'the DestinationRule is removed before the VirtualService',
    answer: noCluster,
    act: async (cluster) => {
      cluster.api.delete(destinationRuleKind, app);
      await cluster.env.time.advance(100);
      cluster.api.delete(virtualServiceKind, app);
    },
  },
  {
    name: 'the VirtualService is made before the DestinationRule',
    answer: noCluster,
    act: async (cluster) => {
      cluster.api.delete(virtualServiceKind, app);
      cluster.api.delete(destinationRuleKind, app);
      await cluster.env.time.advance(2000);
      cluster.api.create(virtualServiceKind, routing.virtualService);
      await cluster.env.time.advance(100);
      cluster.api.create(destinationRuleKind, routing.destinationRule);
    },
  },
  {
    name: 'the Gateway is removed while it serves',
    answer: noRoute,
    act: async (cluster) => {
      cluster.api.delete(gatewayKind, app);
      await cluster.env.time.advance(1000);
    },
  },
  {
    name: 'a rolling update has no preStop hook, so pods stop before the ingress knows',
    answer: refused,
    preStopSeconds: 0,
    act: async (cluster) => {
      await setPrimaryImage(cluster, 'sample-server:v2');
    },
  },
  {
    name: 'all pods are deleted at once by force',
    answer: reset,
    act: async (cluster) => {
      for (const pod of cluster.pods()) {
        cluster.api.delete(podKind, { namespace: 'default', name: pod.metadata.name }, { gracePeriodSeconds: 0 });
      }
      await cluster.env.time.advance(3000);
    },
  },
  {
    name: 'the primary is recreated instead of rolled',
    answer: noHealthyUpstream,
    act: async (cluster) => {
      const live = cluster.deployment('app-primary');
      const spec = { ...live.spec, strategy: { type: 'Recreate' as const } };
      cluster.api.update(deploymentKind, { ...live, spec });
      await setPrimaryImage(cluster, 'sample-server:v2');
    },
  },
  {
    name: 'the primary is promoted to an image that never gets ready, without its old pods',
    answer: noHealthyUpstream,
    act: async (cluster) => {
      const live = cluster.deployment('app-primary');
      const rollingUpdate = { maxSurge: 0, maxUnavailable: '100%' };
      cluster.api.update(deploymentKind, { ...live, spec: { ...live.spec, strategy: { rollingUpdate } } });
      const next = deploymentOf('app-primary', 'app:never-ready', { labels: { app: 'app', service: 'primary' } });
      const again = cluster.deployment('app-primary');
      cluster.api.update(deploymentKind, { ...again, spec: { ...again.spec, template: next.spec.template } });
      await cluster.env.time.advance(10_000);
    },
  },
];

async function setPrimaryImage(cluster: VirtualCluster, image: string): Promise<void> {
  const live = cluster.deployment('app-primary');
  const { template } = live.spec;
  const containers = template.spec.containers.map((container) => ({ ...container, image }));
  const next = { ...template, spec: { ...template.spec, containers } };
  cluster.api.update(deploymentKind, { ...live, spec: { ...live.spec, template: next } });
  await cluster.untilRolledOut('app-primary');
}

/** A whole rollout, as canaryapp.md orders it. */
async function rollOutSafely(cluster: VirtualCluster, lagMs: number): Promise<void> {
  await createSecondary(cluster);
  await cluster.env.time.advance(lagMs + 100);
  for (const weight of [10, 20, 30, 40, 50]) {
    cluster.setWeights(100 - weight, weight);
    await cluster.env.time.advance(2000);
  }
  await setPrimaryImage(cluster, 'sample-server:v2');
  await cluster.env.time.advance(lagMs + 100);
  cluster.setWeights(100, 0);
  await cluster.env.time.advance(10_000);
  cluster.api.delete(deploymentKind, secondary);
}

const safe: readonly Scenario[] = [
  { name: 'a whole rollout in the order of safety', act: rollOutSafely },
  { name: 'a whole rollout with lags as long as the preStop hook', lagMs: 5000, act: rollOutSafely },
  {
    name: 'a rolling update of the primary alone',
    act: (cluster) => setPrimaryImage(cluster, 'sample-server:v2'),
  },
  {
    name: 'a rolling update to an image that never gets ready',
    act: async (cluster) => {
      const live = cluster.deployment('app-primary');
      const next = deploymentOf('app-primary', 'app:never-ready', { labels: { app: 'app', service: 'primary' } });
      cluster.api.update(deploymentKind, { ...live, spec: { ...live.spec, template: next.spec.template } });
      await cluster.env.time.advance(60_000);
    },
  },
  {
    name: 'a secondary without weight comes, crashes and goes',
    act: async (cluster) => {
      cluster.api.create(deploymentKind, deploymentOf(secondary.name, 'app:crash-loop', { labels: secondaryLabels }));
      await cluster.env.time.advance(30_000);
      cluster.api.delete(deploymentKind, secondary);
    },
  },
];

describe('requests under steady traffic', () => {
  it.each(unsafe)('are lost when $name', async (scenario) => {
    expect([...(await failuresOf(scenario)).keys()]).toContain(scenario.answer);
  });

  it.each(safe)('are all answered in $name', async (scenario) => {
    expect([...(await failuresOf(scenario))]).toEqual([]);
  });
});
