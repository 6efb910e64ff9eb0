/** A Service as metrics name it. */
export interface DestinationService {
  /** Fully qualified: `name.namespace.svc.cluster.local`. */
  readonly host: string;
  readonly name: string;
  readonly namespace: string;
}

/** The workload behind an endpoint as metrics name it. */
export interface DestinationWorkload {
  readonly name: string;
  readonly namespace: string;
  readonly app: string;
  readonly version: string;
  readonly canonicalService: string;
  readonly canonicalRevision: string;
}

/** One pod's port that takes requests. */
export interface MeshEndpoint {
  readonly address: string;
  readonly port: number;
  readonly isReady: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly workload: DestinationWorkload;
}

/** Where requests of one destination go: a Service's port, narrowed to a subset. Envoy's word for it. */
export interface Cluster {
  /** `outbound|<port>|<subset>|<host>`, Istio's name. */
  readonly name: string;
  readonly service: DestinationService;
  readonly subset: string;
  /** Only the healthy ones. */
  readonly endpoints: readonly MeshEndpoint[];
}

/** Istio's name for a cluster. */
export function clusterName(host: string, port: number, subset = ''): string {
  return `outbound|${port}|${subset}|${host}`;
}
