import type { Cache, InformerOptions } from '../cache/informer-cache.ts';
import type { Informer } from '../cache/cache.ts';
import type { Client } from '../client/client.ts';
import type { ControllerDefinition, Informers } from '../controller/builder.ts';
import type { Env } from '../env/env.ts';
import type { EventRecorder } from '../events/event-recorder.ts';
import type { Check } from '../health/checks.ts';
import type { MetricsRegistry } from '../metrics/registry.ts';
import type { KubernetesObject } from '../object/object.ts';
import type { ResourceKind } from '../object/resource-kind.ts';
import type { Cluster, ClusterOptions } from './cluster.ts';
import type { Ports, ServerDefinition } from './endpoints.ts';
import type { Runnable } from './runnable.ts';

/** Owns what controllers share, and starts and stops everything in order. */
export interface Manager extends Informers {
  readonly env: Env;
  /** Writes only while this process may: see `leaderElection`. */
  readonly client: Client;
  readonly cache: Cache;
  readonly events: EventRecorder;
  readonly registry: MetricsRegistry;
  /** True too where there is no election; with `sharding`, of who has a shard. */
  readonly isLeader: boolean;
  /** Which shards this process works on; none without `sharding`. */
  readonly shards: readonly number[];
  /** Where probes and metrics are served, once started. */
  readonly ports: Readonly<Ports>;
  /** The informer of a kind, within the manager's namespaces unless `options` names one. */
  informer<T extends KubernetesObject>(kind: ResourceKind<T>, options?: InformerOptions<T>): Informer<T>;
  /** Adds a controller or something else to run. Before `start` only. */
  add(what: ControllerDefinition | Runnable): void;
  /** Another cluster whose caches run with this manager's, and whose writes are fenced with them. Before `start` only. */
  addCluster(options: ClusterOptions): Cluster;
  /**
   * Exchanges all controllers for these, for development: what is in work ends, caches stay as they are, and each object
   * is reconciled anew. One of the same name takes the place of the former, others come and go. When one of them cannot
   * be built, nothing changes. Resolves when the new ones have begun. Kinds that nobody reads any more stay in memory.
   */
  reload(definitions: readonly ControllerDefinition[]): Promise<void>;
  /** Serves something beside probes and metrics, on every replica, from `start` on. Before `start` only. */
  addServer(server: ServerDefinition): void;
  /** Failing: this process should be restarted. */
  addHealthCheck(name: string, check: Check): void;
  /** Failing: this process cannot do its work at the moment. */
  addReadyCheck(name: string, check: Check): void;
  /**
   * Starts servers, caches, then what runs on every replica, then, as the leader, the rest. When `signal` aborts it
   * stops them in reverse and resolves. It rejects with the first error of a runnable, with `LeadershipLostError`,
   * or when something did not end in time, after having stopped everything else. Call once.
   */
  start(signal: AbortSignal): Promise<void>;
}
