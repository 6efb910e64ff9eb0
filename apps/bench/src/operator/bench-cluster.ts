import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { CanaryApp } from '@canaryop/operator';
import type { Env } from '@canaryop/reconcile/env';
import type { KubernetesObject } from '@canaryop/reconcile/object';
import { startCluster, type Cluster, type ListeningApiServer, type RequestRecord } from '@canaryop/simkube';

import { ClusterRoleBinding, ServiceAccount } from '../kinds.ts';
import { Child } from '../measure/child.ts';
import { prometheusHost } from './applications.ts';

const account = { namespace: 'default', name: 'bench' } as const;

/** A cluster on loopback TLS in this process, and a Prometheus that finds nothing wrong, for an operator in another. */
export interface BenchCluster extends Cluster<ListeningApiServer> {
  /** Requests of the operator, watches and lists aside. */
  readonly writes: readonly RequestRecord[];
  /** All its requests. */
  readonly requests: readonly RequestRecord[];
  /** What a pod's environment says about its API server. */
  readonly environment: Readonly<Record<string, string>>;
  /** Flags of the operator: where Prometheus really is, and no ports that another process may have. */
  readonly flags: readonly string[];
}

/**
 * Starts it, with an empty answer to every query.
 * @param prometheusDelayMs before each of them
 */
export async function startBenchCluster(env: Env, prometheusDelayMs = 0): Promise<BenchCluster> {
  const requests: RequestRecord[] = [];
  const cluster = await startCluster({
    env,
    apiServer: { definitions: [CanaryApp.crd()], onRequest: (record) => requests.push(record), history: 50_000 },
  });
  const prometheus = new Child(new URL('../prometheus/main.ts', import.meta.url), []);
  const prometheusPort = await prometheus.ask<number>(String(prometheusDelayMs));
  const directory = mountServiceAccount(cluster.server);
  return {
    ...cluster,
    requests,
    get writes() {
      return requests.filter(({ verb }) => !['get', 'list', 'watch'].includes(verb));
    },
    environment: {
      KUBERNETES_SERVICE_HOST: '127.0.0.1',
      KUBERNETES_SERVICE_PORT: String(cluster.server.port),
      KUBERNETES_SERVICE_ACCOUNT_DIR: directory,
    },
    flags: [
      '--metrics-bind-address=0',
      '--health-probe-bind-address=0',
      '--log-level=warn',
      `--resolve=${prometheusHost}=127.0.0.1:${prometheusPort}`,
    ],
    stop: async () => {
      await prometheus.stop();
      await cluster.stop();
      rmSync(directory, { recursive: true });
    },
  };
}

/** What the kubelet mounts for a ServiceAccount, which may do everything here. */
function mountServiceAccount(server: ListeningApiServer): string {
  server.loopback.create(ServiceAccount, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: account });
  server.loopback.create(ClusterRoleBinding, {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'bench' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', ...account }],
  } as KubernetesObject);
  const directory = mkdtempSync(join(tmpdir(), 'canaryop-bench-'));
  writeFileSync(join(directory, 'token'), server.serviceAccountToken(account.namespace, account.name, 86_400));
  writeFileSync(join(directory, 'ca.crt'), server.caPem);
  writeFileSync(join(directory, 'namespace'), account.namespace);
  return directory;
}
