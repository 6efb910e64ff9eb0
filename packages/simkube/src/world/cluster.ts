import type { Env } from '@canaryop/reconcile/env';
import { keyOf, type KubernetesObject } from '@canaryop/reconcile/object';

import { createApiServer, type ApiServer, type ApiServerOptions } from '../apiserver/api-server.ts';
import { startApiServer, type ListeningApiServer, type ListenOptions } from '../apiserver/start-api-server.ts';
import { StatusError } from '../apiserver/status/status-error.ts';
import { mountsServiceAccountToken } from '../kubelet/service-account.ts';
import type { Pod } from '../kinds/core-v1.ts';
import { gatewayCrdTexts } from '../schema/generated/gateway-crds.ts';
import { istioCrdTexts } from '../schema/generated/istio-crds.ts';
import { serviceTransport, type ServiceNetwork } from './service-transport.ts';
import { createWorld, type World, type WorldOptions } from './world.ts';

/** What a cluster is made of. */
export interface ClusterOptions {
  readonly env: Env;
  /** Options of its API server; `definitions` are served beside Istio's. */
  readonly apiServer?: Omit<ApiServerOptions, 'env' | 'podLogs'>;
  /** Options of its world. */
  readonly world?: Omit<WorldOptions, 'env' | 'api' | 'serviceAccountToken'>;
  /** Whether Istio's CRDs are installed (default true). */
  readonly istio?: boolean;
  /** Whether the Gateway API's CRDs are installed (default false). */
  readonly gatewayApi?: boolean;
}

/** An API server and the world around it. */
export interface Cluster<S extends ApiServer = ApiServer> {
  readonly server: S;
  readonly world: World;
  /** Kills what runs in pods, then stops the API server. */
  stop(): Promise<void>;
}

/** A whole cluster in this process, without a socket and without waiting: for tests and simulations. */
export function createCluster(options: ClusterOptions): Cluster {
  const late: LateWorld = {};
  return withWorld(createApiServer(serverOptions(options, late)), options, late);
}

/** A whole cluster whose API server listens for kubectl. Rejects when the port is taken. */
export async function startCluster(
  options: ClusterOptions & { readonly listen?: Pick<ListenOptions, 'host' | 'port'> },
): Promise<Cluster<ListeningApiServer>> {
  const late: LateWorld = {};
  return withWorld(await startApiServer({ ...serverOptions(options, late), ...options.listen }), options, late);
}

/** The world needs the server, and the server's log subresource needs the world. */
interface LateWorld {
  world?: World;
  network?: ServiceNetwork;
}

function serverOptions(options: ClusterOptions, late: LateWorld): ApiServerOptions {
  return {
    ...options.apiServer,
    env: options.env,
    definitions: [
      ...(options.istio === false ? [] : istioDefinitions()),
      ...(options.gatewayApi === true ? gatewayDefinitions() : []),
      ...(options.apiServer?.definitions ?? []),
    ],
    webhooks: {
      inCluster: serviceTransport(() => {
        if (late.network === undefined) throw new Error('the cluster has not started');
        return late.network;
      }),
      ...options.apiServer?.webhooks,
    },
    podLogs: (pod, logOptions) => {
      const logs = late.world?.podLogs(keyOf(pod), logOptions);
      if (logs?.ok === true) return logs.lines;
      const { code, message } = logs ?? { code: 404, message: `pods "${pod.metadata.name}" not found` };
      throw new StatusError({ code, reason: code === 404 ? 'NotFound' : 'BadRequest', message });
    },
  };
}

function withWorld<S extends ApiServer>(server: S, options: ClusterOptions, late: LateWorld): Cluster<S> {
  const world = createWorld({
    ...options.world,
    env: options.env,
    api: server.loopback,
    serviceAccountToken: (pod) => tokenFor(server, pod),
  });
  late.world = world;
  late.network = { api: server.loopback, network: world.network };
  world.start();
  return {
    server,
    world,
    stop: async () => {
      world.stop();
      await server.close();
    },
  };
}

function tokenFor(server: ApiServer, pod: Pod): string | undefined {
  const { namespace = '' } = pod.metadata;
  return mountsServiceAccountToken(server.loopback, pod)
    ? server.serviceAccountToken(namespace, pod.spec.serviceAccountName ?? 'default')
    : undefined;
}

/** The CRDs of the Gateway API that the ingress follows, trimmed to what an API server needs. */
export function gatewayDefinitions(): readonly KubernetesObject[] {
  return Object.values(gatewayCrdTexts).map((text) => JSON.parse(text) as KubernetesObject);
}

/** The CRDs of Istio that the ingress follows, trimmed to what an API server needs. */
export function istioDefinitions(): readonly KubernetesObject[] {
  return Object.values(istioCrdTexts).map((text) => JSON.parse(text) as KubernetesObject);
}
