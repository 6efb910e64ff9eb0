import { resourceKind, type KubernetesObject } from '@canaryop/reconcile/object';

/** The parts of the Gateway API that an ingress of this world follows. */
export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime: string;
  readonly observedGeneration?: number;
}

export interface Listener {
  readonly name: string;
  readonly hostname?: string;
  readonly port: number;
  readonly protocol: string;
  readonly allowedRoutes?: { readonly namespaces?: { readonly from?: string } };
}

export interface ApiGateway extends KubernetesObject {
  readonly spec: { readonly gatewayClassName: string; readonly listeners: readonly Listener[] };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

export interface ParentRef {
  readonly group?: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly name: string;
}

export interface RouteParent {
  readonly parentRef: ParentRef;
  readonly controllerName: string;
  readonly conditions: readonly Condition[];
}

export interface ApiHttpRoute extends KubernetesObject {
  readonly spec: {
    readonly parentRefs?: readonly ParentRef[];
    readonly hostnames?: readonly string[];
    readonly rules?: readonly {
      readonly matches?: readonly { readonly path?: { readonly type?: string; readonly value?: string } }[];
      readonly backendRefs?: readonly {
        readonly name: string;
        readonly namespace?: string;
        readonly port?: number;
        readonly weight?: number;
      }[];
    }[];
  };
  readonly status?: { readonly parents: readonly RouteParent[] };
}

const gatewayApi = { group: 'gateway.networking.k8s.io', version: 'v1' } as const;

export const apiGatewayKind = resourceKind<ApiGateway>({ ...gatewayApi, kind: 'Gateway', plural: 'gateways' });
export const apiHttpRouteKind = resourceKind<ApiHttpRoute>({ ...gatewayApi, kind: 'HTTPRoute', plural: 'httproutes' });
