import type { DestinationRule, Gateway, VirtualService } from '../kinds/istio-v1.ts';
import type { EndpointSlice } from '../kinds/discovery-v1.ts';
import type { Service } from '../kinds/core-v1.ts';

/** What the mesh needs to know about a pod. */
export interface MeshPod {
  readonly labels: Readonly<Record<string, string>>;
  /** The Deployment, or what else controls it, or its own name. */
  readonly workload: string;
}

/** Everything that the ingress follows, as it is known to it at one moment. */
export interface MeshConfig {
  readonly gateways: readonly Gateway[];
  readonly virtualServices: readonly VirtualService[];
  readonly destinationRules: readonly DestinationRule[];
  readonly services: readonly Service[];
  readonly endpointSlices: readonly EndpointSlice[];
  /** By `namespace/name`. */
  readonly pods: ReadonlyMap<string, MeshPod>;
}

/** The labels that Gateways select the ingress by. */
export interface IngressIdentity {
  readonly labels: Readonly<Record<string, string>>;
  /** The port that requests come in at. */
  readonly port: number;
}

export const istioIngressGateway: IngressIdentity = {
  labels: { istio: 'ingressgateway', app: 'istio-ingressgateway' },
  port: 80,
};
