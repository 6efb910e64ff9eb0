import { resourceKind, type KubernetesObject } from '@canaryop/reconcile/object';

export interface Endpoint {
  readonly addresses: readonly string[];
  /** A terminating pod may still be serving, and is never ready (KEP-1672). */
  readonly conditions?: { readonly ready?: boolean; readonly serving?: boolean; readonly terminating?: boolean };
  readonly nodeName?: string;
  readonly targetRef?: {
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
    readonly uid: string;
  };
}

export interface EndpointPort {
  readonly name?: string;
  readonly port?: number;
  readonly protocol?: string;
}

export interface EndpointSlice extends KubernetesObject {
  readonly addressType: 'IPv4' | 'IPv6' | 'FQDN';
  readonly endpoints: readonly Endpoint[];
  readonly ports?: readonly EndpointPort[];
}

/** Names the Service that a slice belongs to. */
export const serviceNameLabel = 'kubernetes.io/service-name';

export const endpointSliceKind = resourceKind<EndpointSlice>({
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
});
