import type { Env } from '@canaryop/reconcile/env';
import type { ObjectKey } from '@canaryop/reconcile/object';

import type { Loopback } from '../apiserver/loopback.ts';
import type { ControllerOptions } from '../controllers/controller-options.ts';
import { DeploymentController } from '../controllers/deployment/deployment-controller.ts';
import { EndpointSliceController } from '../controllers/endpoints/endpoint-slice-controller.ts';
import { EventWriter } from '../controllers/event-writer.ts';
import { ReplicaSetController } from '../controllers/replica-set-controller.ts';
import type { Pod } from '../kinds/core-v1.ts';
import { Kubelet } from '../kubelet/kubelet.ts';
import type { PodLogOptions, PodLogs } from '../kubelet/pod-logs.ts';
import { PodNetwork } from '../kubelet/pod-network.ts';
import { behaviourOf, type ImageRule } from '../kubelet/program.ts';
import { Scheduler } from '../kubelet/scheduler.ts';
import { GatewayController } from '../mesh/gateway-controller.ts';
import { Ingress } from '../mesh/ingress.ts';
import type { MetricSample } from '../prometheus/metric-sample.ts';
import { builtinImages, defaultImageBehaviour } from './builtin-images.ts';

/** Reaction times, in milliseconds: nothing in this world is instant. */
export interface WorldLags {
  /** From a change of a Gateway, VirtualService, DestinationRule or Service to the ingress (default 200). */
  readonly configMs: number;
  /** From a change of an EndpointSlice to the ingress (default 200). */
  readonly endpointsMs: number;
  /** Of each controller and of the scheduler (default 10). */
  readonly controllerMs: number;
  /** Of the kubelet, when a pod is bound and when it is deleted (default 50). */
  readonly kubeletMs: number;
}

/** What a world is made of. */
export interface WorldOptions {
  readonly env: Env;
  readonly api: Loopback;
  readonly lags?: Partial<WorldLags>;
  /** How images behave; tried before the built-in ones, first match wins. */
  readonly images?: readonly ImageRule[];
  /** A token for a pod that mounts one. */
  readonly serviceAccountToken?: (pod: Pod) => string | undefined;
  /** @default simkube */
  readonly nodeName?: string;
}

/** Everything of a small cluster that is not the API server. */
export interface World {
  readonly ingress: Pick<Ingress, 'fetch'>;
  /** The virtual network: reach a pod by its status.podIP. */
  readonly network: Pick<PodNetwork, 'dispatch'>;
  start(): void;
  /** Stops the controllers and kills what runs in pods. The objects stay as they are. */
  stop(): void;
  /** What the mesh measures, for a scraper. */
  collect(): readonly MetricSample[];
  podLogs(pod: ObjectKey, options?: PodLogOptions): PodLogs;
}

const defaultLags: WorldLags = { configMs: 200, endpointsMs: 200, controllerMs: 10, kubeletMs: 50 };

/**
 * A cluster around an API server: deployment, ReplicaSet and endpoint controllers, a scheduler, one node whose pods
 * run programs of this process, and an Istio ingress gateway. All time and chance come from `env`.
 */
export function createWorld(options: WorldOptions): World {
  const { env, api } = options;
  const lags = { ...defaultLags, ...options.lags };
  const network = new PodNetwork();
  const rules = [...(options.images ?? []), ...builtinImages];
  const events = new EventWriter(env, api);
  const as = (component: string): ControllerOptions => ({
    env,
    api,
    events: events.for(component),
    latencyMs: lags.controllerMs,
  });
  const nodeName = options.nodeName ?? 'simkube';
  const kubelet = new Kubelet({
    env,
    api,
    events: events.for('kubelet'),
    network,
    nodeName,
    latencyMs: lags.kubeletMs,
    behaviourOf: (image) => behaviourOf(rules, image) ?? defaultImageBehaviour,
    token: options.serviceAccountToken ?? (() => undefined),
  });
  const ingress = new Ingress({ env, api, upstream: network, lags });
  const parts = [
    new DeploymentController(as('deployment-controller')),
    new ReplicaSetController(as('replicaset-controller')),
    new EndpointSliceController(as('endpoint-slice-controller')),
    new Scheduler(as('default-scheduler'), nodeName),
    kubelet,
    ingress,
    new GatewayController({ ...as('gateway-controller'), latencyMs: lags.configMs }),
  ];
  return {
    ingress,
    network,
    start: () => {
      for (const part of parts) part.start();
    },
    stop: () => {
      for (const part of parts.toReversed()) part.stop();
    },
    collect: () => ingress.collect(),
    podLogs: (pod, logOptions) => kubelet.podLogs(pod, logOptions),
  };
}
