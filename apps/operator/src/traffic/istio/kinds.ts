import { resourceKind, type KubernetesObject } from '@canaryop/reconcile/object';

/** The parts of Istio's networking API that we write. */
export interface Gateway extends KubernetesObject {
  readonly spec: {
    readonly selector: Readonly<Record<string, string>>;
    readonly servers: readonly {
      readonly port: { readonly number: number; readonly name: string; readonly protocol: string };
      readonly hosts: readonly string[];
    }[];
  };
}
export const Gateway = resourceKind<Gateway>({
  group: 'networking.istio.io',
  version: 'v1',
  kind: 'Gateway',
  plural: 'gateways',
});

export interface RouteDestination {
  readonly destination: {
    readonly host: string;
    readonly subset?: string;
    readonly port?: { readonly number: number };
  };
  readonly weight?: number;
}

export interface VirtualService extends KubernetesObject {
  readonly spec: {
    readonly hosts: readonly string[];
    readonly gateways?: readonly string[];
    /** Atomic to server-side apply: whoever changes a weight writes the whole list. */
    readonly http: readonly { readonly route: readonly RouteDestination[] }[];
  };
}
export const VirtualService = resourceKind<VirtualService>({
  group: 'networking.istio.io',
  version: 'v1',
  kind: 'VirtualService',
  plural: 'virtualservices',
});

export interface DestinationRule extends KubernetesObject {
  readonly spec: {
    readonly host: string;
    readonly subsets: readonly { readonly name: string; readonly labels: Readonly<Record<string, string>> }[];
  };
}
export const DestinationRule = resourceKind<DestinationRule>({
  group: 'networking.istio.io',
  version: 'v1',
  kind: 'DestinationRule',
  plural: 'destinationrules',
});
