/** What the xDS client prints: packages/testkit/control-plane/xds-client/lines.go. */
export type XdsLine =
  | { readonly kind: 'clusters'; readonly clusters: readonly ClusterEntry[] }
  | { readonly kind: 'endpoints'; readonly clusters: readonly Assignment[] }
  | { readonly kind: 'listeners'; readonly listeners: readonly ListenerEntry[] }
  | { readonly kind: 'routes'; readonly configurations: readonly RouteConfiguration[] };

/** A destination: a Service's port, narrowed to a subset. */
export interface ClusterEntry {
  readonly name: string;
  /** The assignment that has its endpoints. */
  readonly endpoints: string;
  readonly serviceHost: string;
  readonly serviceName: string;
  readonly namespace: string;
}

/** Endpoints of a cluster. */
export interface Assignment {
  readonly name: string;
  readonly endpoints: readonly EndpointEntry[];
}

/** One pod's port. */
export interface EndpointEntry {
  readonly address: string;
  readonly port: number;
  /** Envoy's word: HEALTHY, UNHEALTHY, DRAINING. */
  readonly health: string;
  /** `workload;namespace;canonical service;canonical revision;cluster` */
  readonly workload: string;
}

/** A port that the gateway listens on, and the route configurations for it. */
export interface ListenerEntry {
  readonly name: string;
  readonly port: number;
  readonly routes?: readonly string[] | null;
}

/** Virtual hosts of a listener. */
export interface RouteConfiguration {
  readonly name: string;
  readonly virtualHosts: readonly VirtualHost[];
}

/** Routes of some domains, first match first. */
export interface VirtualHost {
  readonly name: string;
  readonly domains: readonly string[];
  readonly routes: readonly RouteEntry[];
}

/** Matches by prefix or path, and then sends to one of `clusters`, or answers `status`. */
export interface RouteEntry {
  readonly prefix?: string;
  readonly path?: string;
  readonly clusters: readonly { readonly name: string; readonly weight: number }[];
  readonly status?: number;
  /** Something that is not followed here. */
  readonly unknown?: string;
}
