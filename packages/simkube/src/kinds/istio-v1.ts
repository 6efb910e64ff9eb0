import { resourceKind, type KubernetesObject } from '@canaryop/reconcile/object';

interface GatewayServer {
  readonly port: { readonly number: number; readonly name?: string; readonly protocol?: string };
  /** `host`, `*`, `*.suffix`, each optionally behind `namespace/` or `./`. */
  readonly hosts: readonly string[];
}

export interface Gateway extends KubernetesObject {
  readonly spec: { readonly selector?: Readonly<Record<string, string>>; readonly servers?: readonly GatewayServer[] };
}

/** Exactly one member is present; an empty one asks only for presence. */
export interface StringMatch {
  readonly exact?: string;
  readonly prefix?: string;
  readonly regex?: string;
}

export interface HttpMatchRequest {
  readonly uri?: StringMatch;
  readonly method?: StringMatch;
  readonly authority?: StringMatch;
  readonly headers?: Readonly<Record<string, StringMatch>>;
  readonly withoutHeaders?: Readonly<Record<string, StringMatch>>;
  readonly port?: number;
  readonly gateways?: readonly string[];
}

export interface HttpRouteDestination {
  readonly destination: {
    readonly host: string;
    readonly subset?: string;
    readonly port?: { readonly number?: number };
  };
  readonly weight?: number;
}

export interface HttpRoute {
  readonly name?: string;
  readonly match?: readonly HttpMatchRequest[];
  readonly route?: readonly HttpRouteDestination[];
  readonly directResponse?: { readonly status: number; readonly body?: { readonly string?: string } };
}

export interface VirtualService extends KubernetesObject {
  readonly spec: {
    readonly hosts?: readonly string[];
    /** @default ["mesh"], which an ingress does not serve */
    readonly gateways?: readonly string[];
    readonly http?: readonly HttpRoute[];
  };
}

export interface DestinationRule extends KubernetesObject {
  readonly spec: {
    readonly host: string;
    readonly subsets?: readonly { readonly name: string; readonly labels?: Readonly<Record<string, string>> }[];
  };
}

const istio = { group: 'networking.istio.io', version: 'v1' } as const;

export const gatewayKind = resourceKind<Gateway>({ ...istio, kind: 'Gateway', plural: 'gateways' });
export const virtualServiceKind = resourceKind<VirtualService>({
  ...istio,
  kind: 'VirtualService',
  plural: 'virtualservices',
});
export const destinationRuleKind = resourceKind<DestinationRule>({
  ...istio,
  kind: 'DestinationRule',
  plural: 'destinationrules',
});
