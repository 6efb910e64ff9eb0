import type { KindCache } from '../cache/informer-cache.ts';
import type { ClusterConnection } from '../client/cluster-connection.ts';
import type { KindVersions } from '../versions/kind-versions.ts';
import type { Env } from '../env/env.ts';
import type { LeaderElectionTimes } from '../leader-election/leader-elector.ts';
import type { Certificate } from '../certificates/certificate.ts';
import type { CertificateLifetimes } from '../certificates/rotation.ts';
import type { MetricsRegistry } from '../metrics/registry.ts';
import type { AdmissionWebhook } from '../webhook/admission.ts';
import type { WebhookPlace } from '../webhook/webhook-configurations.ts';

/** What a manager is made of. */
export interface ManagerOptions {
  readonly env: Env;
  readonly connection: ClusterConnection;
  /** Owner of the fields that are written, and the component in events. Stable over releases: `canaryop`. */
  readonly fieldManager: string;
  /**
   * Watch namespaced kinds in these namespaces only, each by itself, as a Role in each of them allows. Writes are not
   * limited by it. @default all namespaces
   */
  readonly namespaces?: readonly string[];
  /**
   * What is kept in memory of single kinds, and how, for all controllers: by labels or fields, in other namespaces, made
   * smaller, with indexes. `[cacheOf(Secret, { labelSelector: 'app=web' })]`. @default all of what is declared
   */
  readonly kinds?: readonly KindCache[];
  /** Which replica this is, in events and as the start of the lease's holder; a pod's name. @default the field manager */
  readonly instance?: string;
  /** Absent: this process acts at once and alone, and its writes have no fence. */
  readonly leaderElection?: LeaderElectionOptions;
  /** Keys are divided among processes instead, each of which works on its part of them. Excludes `leaderElection`. */
  readonly sharding?: ShardingOptions;
  /** Absent: no probes are served. */
  readonly probes?: { readonly address: string };
  /** Absent: metrics are kept, but not served. */
  readonly metrics?: MetricsOptions;
  /** Absent: no webhooks are served. */
  readonly webhooks?: WebhookOptions;
  /** @default a new one */
  readonly registry?: MetricsRegistry;
  /** How long runnables have to end after a stop, all together, in milliseconds. @default 30_000 */
  readonly gracefulShutdownMs?: number;
  /**
   * Log, and count, what a reconciler writes although nothing but its own writes has changed: for development, and for
   * tests. @default false
   */
  readonly checkIdempotence?: boolean;
  /**
   * At the start, ask the server what this process may do, and log which rights the controllers need and lack: one POST
   * for each namespace. @default false
   */
  readonly checkPermissions?: boolean;
  /** One attempt of a request, in milliseconds; shorter than the lease. @default 10_000 */
  readonly requestTimeoutMs?: number;
}

/** Which Lease replicas compete for, and how. */
export interface LeaderElectionOptions extends LeaderElectionTimes {
  readonly lease: { readonly namespace: string; readonly name: string };
}

/** Into how many parts keys are divided, and by which Leases. All members must agree on all of it. */
export interface ShardingOptions extends LeaderElectionTimes {
  /** Also how many members there can be; others stand by. Some times as many as members, so that they divide evenly. */
  readonly shards: number;
  /** The start of the Leases' names: `name-shard-0`, and `name-member-0`. */
  readonly lease: { readonly namespace: string; readonly name: string };
}

/** Where metrics are served, and to whom. */
export interface MetricsOptions {
  /** `host:port` or `:port`. */
  readonly address: string;
  /** Absent: without TLS, and to everybody. */
  readonly secure?: SecureOptions;
}

/**
 * TLS, and only for bearer tokens whose user may use the non-resource path: `get` it, or `post` to it. Without a
 * certificate the server makes one that signs itself.
 */
export interface SecureOptions {
  readonly certificate?: () => Promise<Certificate>;
}

/** Which webhooks are served, on every replica, and how API servers come to trust them. */
export interface WebhookOptions {
  readonly admission?: readonly AdmissionWebhook[];
  /** Kinds whose versions are converted. */
  readonly conversion?: readonly KindVersions[];
  /** `host:port` or `:port`. @default ':9443' */
  readonly address?: string;
  /** Where API servers reach them; also what their certificate is for. */
  readonly place: WebhookPlace;
  /**
   * Present: others make the certificate, and tell API servers whom to trust, as cert-manager does; see
   * `certificateFiles`. It is read again every minute. Absent: the operator makes and renews its own.
   */
  readonly certificate?: () => Promise<Certificate>;
  /** Where its own is kept. @default `<field manager>-webhook-certificate` in the namespace of the Service */
  readonly secret?: { readonly namespace: string; readonly name: string };
  /** Of its own. @default a year for the authority, 90 days for what it signs */
  readonly lifetimes?: CertificateLifetimes;
}
