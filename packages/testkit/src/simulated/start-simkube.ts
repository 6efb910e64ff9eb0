import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { kubeConfigConnection, type ClusterConnection } from '@canaryop/reconcile/client';
import type { CustomResourceDefinition } from '@canaryop/reconcile/crd';
import { processEnv, type Env } from '@canaryop/reconcile/env';
import { startCluster } from '@canaryop/simkube';

import type { TestCluster } from '../test-cluster.ts';

/** What is in the cluster from the start. */
export interface SimkubeOptions {
  /** @default the process */
  readonly env?: Env;
  /** CustomResourceDefinitions that are served from the start. */
  readonly definitions?: readonly CustomResourceDefinition[];
}

/**
 * Starts a simulated cluster that listens on a free port of loopback, in real time, in a tenth of a second: an API
 * server with RBAC and the controllers of a cluster, pods that become ready, Deployments that roll out. kubectl and every
 * client can speak to it. What is written for it runs on `startControlPlane()` too.
 */
export async function startSimkube({
  env = processEnv(),
  definitions = [],
}: SimkubeOptions = {}): Promise<TestCluster> {
  const cluster = await startCluster({ env, istio: false, apiServer: { definitions } });
  const { server } = cluster;
  const folder = await mkdtemp(join(tmpdir(), 'simkube-'));
  const connections: ClusterConnection[] = [];
  let count = 0;
  const written = async (text: string): Promise<string> => {
    count += 1;
    const path = join(folder, `kubeconfig-${count}`);
    await writeFile(path, text, { mode: 0o600 });
    return path;
  };
  const connected = async (path: string): Promise<ClusterConnection> => {
    const { connection } = await kubeConfigConnection(env, { path });
    connections.push(connection);
    return connection;
  };
  const adminKubeconfig = await written(server.kubeconfig);
  const kubeconfigFor = async (user: string, groups?: readonly string[]): Promise<string> =>
    written(await server.kubeconfigOf(user, groups));
  return {
    url: server.url,
    caData: server.caPem,
    adminKubeconfig,
    connection: await connected(adminKubeconfig),
    kubeconfigFor,
    connectionFor: async (user, groups) => connected(await kubeconfigFor(user, groups)),
    serviceAccountToken: async (namespace, name) => server.serviceAccountToken(namespace, name),
    serviceAccountKubeconfig: async (namespace, name) => written(server.serviceAccountKubeconfig(namespace, name)),
    async stop() {
      await Promise.all(connections.splice(0).map(({ transport }) => transport.close()));
      await cluster.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
