import { resourceKind, type KubernetesObject } from '@canaryop/reconcile/object';

/** The group of the Gateway API. */
export const gatewayGroup = 'gateway.networking.k8s.io';

/** A Gateway that a route is attached to. */
export interface ParentReference {
  readonly group?: string;
  readonly kind?: string;
  /** Absent: the route's own. */
  readonly namespace?: string;
  readonly name: string;
}

/** A Service that a route leads to, and its part of the requests. */
export interface BackendReference {
  readonly group?: string;
  readonly kind?: string;
  readonly name: string;
  readonly port?: number;
  /** Relative to the sum of the rule's weights; absent: 1. */
  readonly weight?: number;
}

/** What one controller says of a route at one of its Gateways. */
export interface RouteParentStatus {
  readonly parentRef: ParentReference;
  readonly controllerName: string;
  readonly conditions?: readonly {
    readonly type: string;
    readonly status: string;
    readonly reason?: string;
    readonly message?: string;
    readonly observedGeneration?: number;
  }[];
}

/** The parts of an HTTPRoute that we write, and what is said of it. */
export interface HTTPRoute extends KubernetesObject {
  readonly spec: {
    readonly parentRefs: readonly ParentReference[];
    /** Absent: every host of the Gateways. */
    readonly hostnames?: readonly string[];
    /** Atomic to server-side apply: whoever changes a weight writes the whole list. */
    readonly rules: readonly {
      readonly matches?: readonly unknown[];
      readonly backendRefs?: readonly BackendReference[];
    }[];
  };
  readonly status?: { readonly parents?: readonly RouteParentStatus[] };
}
export const HTTPRoute = resourceKind<HTTPRoute>({
  group: gatewayGroup,
  version: 'v1',
  kind: 'HTTPRoute',
  plural: 'httproutes',
});
