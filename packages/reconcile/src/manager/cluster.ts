import { createCache, type Cache, type InformerOptions } from '../cache/informer-cache.ts';
import type { Informer } from '../cache/cache.ts';
import type { Client } from '../client/client.ts';
import type { ClusterConnection } from '../client/cluster-connection.ts';
import { createClient, type ClientOptions } from '../client/http-client.ts';
import type { Informers } from '../controller/builder.ts';
import { present } from '../object/present.ts';
import type { KubernetesObject } from '../object/object.ts';
import type { ResourceKind } from '../object/resource-kind.ts';

/** A further cluster that a manager's controllers look at, and write to. */
export interface ClusterOptions {
  /** For logs and readiness. */
  readonly name: string;
  readonly connection: ClusterConnection;
  /** @default all namespaces */
  readonly namespaces?: readonly string[];
  /** Neither work nor readiness waits for it: it may be away. @default false */
  readonly isOptional?: boolean;
}

/** A cluster beside the manager's own. */
export interface Cluster extends Informers {
  readonly name: string;
  /** Writes only while this manager's leader may. */
  readonly client: Client;
  readonly cache: Cache;
  informer<T extends KubernetesObject>(kind: ResourceKind<T>, options?: InformerOptions<T>): Informer<T>;
}

/** @param own how the manager talks to its own cluster: all but the connection is the same here. */
export function createCluster({ name, connection, namespaces }: ClusterOptions, own: ClientOptions): Cluster {
  const { env, fieldManager, onRequest } = own;
  const log = env.log.with({ cluster: name });
  const shared = { connection, env: { ...env, log }, fieldManager, ...present({ onRequest }) };
  const cache = createCache({ ...shared, ...present({ namespaces }) });
  const client = createClient({
    ...own,
    ...shared,
    observe: (write) => {
      cache.observe(write);
    },
  });
  return { name, client, cache, informer: (kind, options) => cache.informer(kind, options) };
}
