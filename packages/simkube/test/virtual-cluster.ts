import { virtualEnv, type VirtualEnv } from '@canaryop/reconcile/testing';

import type { ApiServer } from '../src/apiserver/api-server.ts';
import type { Loopback } from '../src/apiserver/loopback.ts';
import { deploymentKind, type Deployment } from '../src/kinds/apps-v1.ts';
import { podKind, serviceKind, type Pod, type PodSpec, type Service } from '../src/kinds/core-v1.ts';
import {
  destinationRuleKind,
  gatewayKind,
  virtualServiceKind,
  type DestinationRule,
  type Gateway,
  type VirtualService,
} from '../src/kinds/istio-v1.ts';
import { createCluster } from '../src/world/cluster.ts';
import type { World, WorldOptions } from '../src/world/world.ts';

/** An API server and a world in virtual time. */
export interface VirtualCluster {
  readonly env: VirtualEnv;
  readonly server: ApiServer;
  readonly api: Loopback;
  readonly world: World;
  pods(): readonly Pod[];
  deployment(name: string): Deployment;
  /** Moves time until the Deployment's rollout is complete. */
  untilRolledOut(name: string): Promise<void>;
  /** Writes the VirtualService's weights. */
  setWeights(primary: number, secondary: number): void;
  stop(): Promise<void>;
}

/** Starts a cluster. Istio's CRDs are installed on demand: their validation takes most of a cluster's start. */
export function startCluster(
  options: Omit<WorldOptions, 'env' | 'api' | 'serviceAccountToken'> & {
    readonly seed?: number;
    readonly istio?: boolean;
  } = {},
): VirtualCluster {
  const { seed = 1, istio = false, ...world } = options;
  const env = virtualEnv({ seed });
  const cluster = createCluster({ env, world, istio });
  const api = cluster.server.loopback;
  const deployment = (name: string): Deployment => {
    const found = api.get(deploymentKind, { namespace: 'default', name });
    if (found === undefined) throw new Error(`no Deployment ${name}`);
    return found;
  };
  return {
    env,
    server: cluster.server,
    api,
    world: cluster.world,
    pods: () => api.list(podKind, { namespace: 'default' }),
    deployment,
    untilRolledOut: async (name) => {
      await env.time.until(() => isRolledOut(deployment(name)));
    },
    setWeights: (primary, secondary) => {
      const live = api.get(virtualServiceKind, { namespace: 'default', name: 'app' });
      if (live === undefined) throw new Error('no VirtualService app');
      api.update(virtualServiceKind, { ...live, spec: { ...live.spec, http: [weightedRoute(primary, secondary)] } });
    },
    stop: () => cluster.stop(),
  };
}

/** What `kubectl rollout status` waits for. */
export function isRolledOut({ metadata, spec, status = {} }: Deployment): boolean {
  const replicas = spec.replicas ?? 1;
  return (
    status.observedGeneration === metadata.generation &&
    (status.updatedReplicas ?? 0) === replicas &&
    (status.replicas ?? 0) === replicas &&
    (status.availableReplicas ?? 0) === replicas
  );
}

/** A Deployment as the operator makes it. */
export function deploymentOf(
  name: string,
  image: string,
  options: {
    replicas?: number;
    labels?: Record<string, string>;
    preStopSeconds?: number;
    spec?: Partial<PodSpec>;
  } = {},
): Deployment {
  const labels = options.labels ?? { app: name };
  const preStopSeconds = options.preStopSeconds ?? 5;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default', labels },
    spec: {
      replicas: options.replicas ?? 1,
      selector: { matchLabels: labels },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            {
              name: 'app',
              image,
              ports: [{ name: 'http', containerPort: 8088 }],
              readinessProbe: { tcpSocket: { port: 'http' } },
              ...(preStopSeconds === 0 ? {} : { lifecycle: { preStop: { sleep: { seconds: preStopSeconds } } } }),
            },
          ],
          ...options.spec,
        },
      },
    },
  };
}

function weightedRoute(primary: number, secondary: number): NonNullable<VirtualService['spec']['http']>[number] {
  const to = (subset: string, weight: number) => ({
    destination: { host: 'app', subset, port: { number: 8088 } },
    weight,
  });
  return { route: [to('primary', primary), to('secondary', secondary)] };
}

/** The Service, Gateway, VirtualService and DestinationRule of the README's application, called `app`. */
export const routing = {
  service: {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'app', namespace: 'default' },
    spec: { selector: { app: 'app' }, ports: [{ name: 'http', port: 8088, targetPort: 'http' }] },
  } satisfies Service,
  gateway: {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Gateway',
    metadata: { name: 'app', namespace: 'default' },
    spec: {
      selector: { istio: 'ingressgateway' },
      servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }],
    },
  } satisfies Gateway,
  virtualService: {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'app', namespace: 'default' },
    spec: { hosts: ['*'], gateways: ['app'], http: [weightedRoute(100, 0)] },
  } satisfies VirtualService,
  destinationRule: {
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    metadata: { name: 'app', namespace: 'default' },
    spec: {
      host: 'app',
      subsets: [
        { name: 'primary', labels: { service: 'primary' } },
        { name: 'secondary', labels: { service: 'secondary' } },
      ],
    },
  } satisfies DestinationRule,
};

/** Installs the application: a primary at v1 with all traffic, ready and known to the ingress. */
export async function installApplication(cluster: VirtualCluster, preStopSeconds = 5): Promise<void> {
  const { api } = cluster;
  const labels = { app: 'app', service: 'primary' };
  api.create(deploymentKind, deploymentOf('app-primary', 'sample-server:v1', { replicas: 2, labels, preStopSeconds }));
  api.create(serviceKind, routing.service);
  api.create(destinationRuleKind, routing.destinationRule);
  api.create(gatewayKind, routing.gateway);
  api.create(virtualServiceKind, routing.virtualService);
  await cluster.untilRolledOut('app-primary');
  await cluster.env.time.advance(10_000);
}
