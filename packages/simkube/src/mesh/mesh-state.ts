import type { Env } from '@canaryop/reconcile/env';
import { keyOf, keyText, type KubernetesObject, type ResourceKind } from '@canaryop/reconcile/object';

import type { Loopback } from '../apiserver/loopback.ts';
import { deepEqual } from '../apiserver/object/deep-equal.ts';
import { definitionKind } from '../kinds/apiextensions-v1.ts';
import { podKind, serviceKind, type Pod, type Service } from '../kinds/core-v1.ts';
import { endpointSliceKind, type EndpointSlice } from '../kinds/discovery-v1.ts';
import {
  destinationRuleKind,
  gatewayKind,
  virtualServiceKind,
  type DestinationRule,
  type Gateway,
  type VirtualService,
} from '../kinds/istio-v1.ts';
import { apiGatewayKind, apiHttpRouteKind, type ApiGateway, type ApiHttpRoute } from '../kinds/gateway-v1.ts';
import { DelayLine } from './delay-line.ts';
import { istioGatewayOf, virtualServiceOf } from './gateway-api.ts';
import type { MeshPod } from './mesh-config.ts';
import { compileSnapshot, type MeshSnapshot } from './route.ts';

/** How far the ingress trails the API server. */
export interface MeshLags {
  /** Gateways, VirtualServices, DestinationRules, Services. */
  readonly configMs: number;
  /** Endpoints that come, change and go. */
  readonly endpointsMs: number;
}

/**
 * What the ingress knows of the cluster, which is what was true a while ago: a control plane that pushes late.
 * Istio's kinds, and those of the Gateway API, may come and go with their CRDs.
 */
export class MeshState {
  readonly #api: Loopback;
  readonly #config: DelayLine;
  readonly #endpoints: DelayLine;
  readonly #onChange: () => void;
  readonly #gateways = new Map<string, Gateway>();
  readonly #virtualServices = new Map<string, VirtualService>();
  readonly #destinationRules = new Map<string, DestinationRule>();
  readonly #apiGateways = new Map<string, ApiGateway>();
  readonly #httpRoutes = new Map<string, ApiHttpRoute>();
  readonly #services = new Map<string, Service>();
  readonly #endpointSlices = new Map<string, EndpointSlice>();
  readonly #pods = new Map<string, MeshPod>();
  readonly #customWatches = new Map<string, () => void>();
  #unsubscribe: (() => void)[] = [];
  #snapshot: MeshSnapshot | undefined;

  constructor(options: { env: Env; api: Loopback; lags: MeshLags; onEndpointsChange: () => void }) {
    this.#api = options.api;
    this.#config = new DelayLine(options.env, options.lags.configMs);
    this.#endpoints = new DelayLine(options.env, options.lags.endpointsMs);
    this.#onChange = options.onEndpointsChange;
  }

  start(): void {
    this.#unsubscribe = [
      this.#mirror(serviceKind, this.#services, this.#config),
      this.#mirror(endpointSliceKind, this.#endpointSlices, this.#endpoints),
      this.#mirrorPods(),
      this.#api.watch(definitionKind, ({ type, object }) =>
        this.#followDefinition(object.metadata.name, type === 'DELETED'),
      ),
    ];
  }

  stop(): void {
    for (const unsubscribe of [...this.#unsubscribe, ...this.#customWatches.values()]) unsubscribe();
    this.#customWatches.clear();
    this.#config.stop();
    this.#endpoints.stop();
  }

  /** Compiled once for all requests until something changes. */
  get snapshot(): MeshSnapshot {
    this.#snapshot ??= compileSnapshot({
      gateways: [
        ...this.#gateways.values(),
        ...[...this.#apiGateways.values()].map(istioGatewayOf).filter((gateway) => gateway !== undefined),
      ],
      virtualServices: [...this.#virtualServices.values(), ...[...this.#httpRoutes.values()].map(virtualServiceOf)],
      destinationRules: [...this.#destinationRules.values()],
      services: [...this.#services.values()],
      endpointSlices: [...this.#endpointSlices.values()],
      pods: this.#pods,
    });
    return this.#snapshot;
  }

  #mirror<T extends KubernetesObject>(kind: ResourceKind<T>, into: Map<string, T>, line: DelayLine): () => void {
    return this.#api.watch(kind, ({ type, object }) => {
      const key = keyText(keyOf(object));
      line.push(() => {
        if (type === 'DELETED') into.delete(key);
        else into.set(key, object);
        this.#changed(line);
      });
    });
  }

  /** Of pods only labels and workload count, so their many changes of status cost nothing. */
  #mirrorPods(): () => void {
    const latest = new Map<string, MeshPod>();
    return this.#api.watch(podKind, ({ type, object }) => {
      const key = keyText(keyOf(object));
      const pod = type === 'DELETED' ? undefined : meshPod(object);
      if (deepEqual(latest.get(key), pod)) return;
      if (pod === undefined) latest.delete(key);
      else latest.set(key, pod);
      this.#endpoints.push(() => {
        if (pod === undefined) this.#pods.delete(key);
        else this.#pods.set(key, pod);
        this.#changed(this.#endpoints);
      });
    });
  }

  #changed(line: DelayLine): void {
    this.#snapshot = undefined;
    if (line === this.#endpoints) this.#onChange();
  }

  #followDefinition(name: string, isDeleted: boolean): void {
    this.#follow(name, isDeleted, gatewayKind, this.#gateways);
    this.#follow(name, isDeleted, virtualServiceKind, this.#virtualServices);
    this.#follow(name, isDeleted, destinationRuleKind, this.#destinationRules);
    this.#follow(name, isDeleted, apiGatewayKind, this.#apiGateways);
    this.#follow(name, isDeleted, apiHttpRouteKind, this.#httpRoutes);
  }

  #follow<T extends KubernetesObject>(
    definition: string,
    isDeleted: boolean,
    kind: ResourceKind<T>,
    into: Map<string, T>,
  ): void {
    if (definition !== `${kind.plural}.${kind.group}`) return;
    if (isDeleted) {
      this.#customWatches.get(definition)?.();
      this.#customWatches.delete(definition);
      this.#config.push(() => {
        into.clear();
        this.#changed(this.#config);
      });
      return;
    }
    if (this.#customWatches.has(definition)) return;
    try {
      this.#customWatches.set(definition, this.#mirror(kind, into, this.#config));
    } catch {
      // Not served yet: the next change of the definition, to Established, comes here again.
    }
  }
}

/** A Deployment's pods belong to a ReplicaSet whose name is the Deployment's and the template hash. */
function meshPod(pod: Pod): MeshPod {
  const labels = pod.metadata.labels ?? {};
  const controller = pod.metadata.ownerReferences?.find((reference) => reference.controller === true);
  const hash = labels['pod-template-hash'];
  const owner = controller?.name ?? pod.metadata.name;
  const suffix = `-${hash}`;
  return { labels, workload: hash !== undefined && owner.endsWith(suffix) ? owner.slice(0, -suffix.length) : owner };
}
