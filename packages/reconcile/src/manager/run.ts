import type { KindCache } from '../cache/informer-cache.ts';
import { loadCluster } from '../client/load-cluster.ts';
import type { LoadedCluster } from '../client/in-cluster.ts';
import type { ControllerDefinition } from '../controller/builder.ts';
import type { Env } from '../env/env.ts';
import { processEnv } from '../env/process-env.ts';
import { streamLogger } from '../log/stream-logger.ts';
import { metricsRegistry } from '../metrics/registry.ts';
import type { WebhookPlace } from '../webhook/webhook-configurations.ts';
import { present } from '../object/present.ts';
import { createManager } from './controller-manager.ts';
import type { Manager } from './manager.ts';
import type { MetricsOptions, WebhookOptions } from './manager-options.ts';
import { terminationSignal } from './signals.ts';

/** What differs between one operator and the next. */
export interface RunOptions {
  /** Owner of the fields that are written; also the name of the Lease. */
  readonly fieldManager: string;
  readonly controllers: readonly ControllerDefinition[];
  /** @default all namespaces */
  readonly namespaces?: readonly string[];
  /** What is kept of single kinds: see `ManagerOptions.kinds`. @default all of what is declared */
  readonly kinds?: readonly KindCache[];
  /** Elect one leader among replicas. @default false */
  readonly leaderElect?: boolean;
  /** Divide keys into so many shards among replicas, instead of electing one leader: see `ManagerOptions.sharding`. */
  readonly shards?: number;
  /** Log which rights are missing, at the start: see `ManagerOptions`. @default false */
  readonly checkPermissions?: boolean;
  /** Log what is written at rest, as in development: see `ManagerOptions`. @default false */
  readonly checkIdempotence?: boolean;
  /** @default { address: ':8081' } */
  readonly probes?: { readonly address: string };
  /** @default { address: ':8080' } */
  readonly metrics?: MetricsOptions;
  /** Its place is, unless it says another, the Service `<field manager>-webhook-service` beside the operator. @default none */
  readonly webhooks?: Omit<WebhookOptions, 'place'> & Partial<Pick<WebhookOptions, 'place'>>;
  /** Told of the manager before it starts: for a further check or cluster, and for `reload`. */
  readonly onManager?: (manager: Manager) => void;
  /** @default the real process, logging JSON lines */
  readonly env?: Env;
  /** @default the file in $KUBECONFIG, the pod's service account, or ~/.kube/config */
  readonly cluster?: LoadedCluster;
  /** @default aborts at SIGINT or SIGTERM; a second one kills the process */
  readonly signal?: AbortSignal;
}

/**
 * Runs an operator until it is asked to stop: what a first main module needs. An operator with flags of its own calls
 * `createManager` itself. Rejects as `Manager.start` does; left unhandled, that ends the process with code 1.
 */
export async function run(options: RunOptions): Promise<void> {
  const env = options.env ?? processEnv(streamLogger());
  const cluster = options.cluster ?? (await loadCluster(env));
  const manager = managerOf(options, env, cluster);
  for (const definition of options.controllers) manager.add(definition);
  options.onManager?.(manager);
  try {
    await manager.start(options.signal ?? terminationSignal(process, kill));
  } finally {
    await cluster.connection.transport.close();
  }
}

function managerOf(options: RunOptions, env: Env, cluster: LoadedCluster): Manager {
  const { fieldManager, webhooks } = options;
  const instance = process.env['POD_NAME'] ?? process.env['HOSTNAME'] ?? fieldManager;
  const lease = { namespace: cluster.namespace, name: fieldManager };
  return createManager({
    env,
    connection: cluster.connection,
    fieldManager,
    instance,
    registry: metricsRegistry({ processMetrics: true }),
    probes: options.probes ?? { address: ':8081' },
    metrics: options.metrics ?? { address: ':8080' },
    ...present({
      namespaces: options.namespaces,
      kinds: options.kinds,
      checkIdempotence: options.checkIdempotence,
      checkPermissions: options.checkPermissions,
      leaderElection: options.leaderElect === true ? { lease } : undefined,
      sharding: options.shards === undefined ? undefined : { shards: options.shards, lease },
      webhooks: webhooks && { place: webhookPlace(fieldManager, cluster.namespace), ...webhooks },
    }),
  });
}

function kill(): void {
  process.kill(process.pid, 'SIGKILL');
}

/** Where the scaffold's manifests put the Service of an operator's webhooks. */
export function webhookPlace(fieldManager: string, namespace: string): WebhookPlace {
  return { service: { namespace, name: `${fieldManager}-webhook-service` } };
}
