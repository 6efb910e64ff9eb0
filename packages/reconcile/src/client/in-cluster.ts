import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Env } from '../env/env.ts';
import type { ClusterConnection } from './cluster-connection.ts';
import { renewableConnection } from './renewable-connection.ts';
import { undiciTransport } from './undici-transport.ts';

/** A connection, and the namespace that the process calls its own: the pod's, or that of the kubeconfig's context. */
export interface LoadedCluster {
  readonly connection: ClusterConnection;
  readonly namespace: string;
}

/** Where a pod finds its API server and service account. */
export interface InClusterOptions {
  /** Process environment. @default process.env */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** @default `$KUBERNETES_SERVICE_ACCOUNT_DIR`, for processes outside of containers; else /var/run/secrets/kubernetes.io/serviceaccount */
  readonly directory?: string;
}

const serviceAccountDirectory = '/var/run/secrets/kubernetes.io/serviceaccount';
/** The kubelet renews a projected token at 80 % of its life, of an hour by default: a minute is soon enough. */
const maxAgeMs = 60_000;

/** Whether this process runs in a pod that may talk to its API server. */
export function isInCluster(environment: Readonly<Record<string, string | undefined>> = process.env): boolean {
  return Boolean(environment['KUBERNETES_SERVICE_HOST']) && Boolean(environment['KUBERNETES_SERVICE_PORT']);
}

/**
 * Connects as the pod's service account. Token and CA are read again when a minute has passed, and at once after a 401.
 * Rejects when the process is not in a pod, or the service account is not mounted.
 */
export async function inClusterConnection(env: Env, options: InClusterOptions = {}): Promise<LoadedCluster> {
  const environment = options.environment ?? process.env;
  const directory = options.directory ?? environment['KUBERNETES_SERVICE_ACCOUNT_DIR'] ?? serviceAccountDirectory;
  const host = environment['KUBERNETES_SERVICE_HOST'];
  const port = environment['KUBERNETES_SERVICE_PORT'];
  if (!host || !port) {
    throw new Error(
      'not in a pod: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set; use a kubeconfig file',
    );
  }
  const read = async (name: string): Promise<string> => (await readFile(join(directory, name), 'utf8')).trim();
  const connection = renewableConnection({
    env,
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    maxAgeMs,
    connect: (tls) => undiciTransport({ tls }),
    load: async () => {
      const [token, ca] = await Promise.all([read('token'), read('ca.crt')]);
      return { headers: { authorization: `Bearer ${token}` }, tls: { ca } };
    },
  });
  return { connection, namespace: await read('namespace') };
}
