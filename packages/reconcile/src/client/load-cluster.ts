import type { Env } from '../env/env.ts';
import { inClusterConnection, isInCluster, type LoadedCluster } from './in-cluster.ts';
import { kubeConfigConnection } from './kube-config.ts';

/**
 * Connects to the cluster that the user means, in controller-runtime's order: the file of a `--kubeconfig` flag,
 * `$KUBECONFIG`, the pod's service account, `~/.kube/config`.
 */
export function loadCluster(
  env: Env,
  options: { readonly kubeconfig?: string; readonly context?: string } = {},
): Promise<LoadedCluster> {
  const { kubeconfig, context } = options;
  const isChosen = kubeconfig !== undefined || context !== undefined || Boolean(process.env['KUBECONFIG']);
  if (!isChosen && isInCluster()) return inClusterConnection(env);
  return kubeConfigConnection(env, {
    ...(kubeconfig === undefined ? {} : { path: kubeconfig }),
    ...(context === undefined ? {} : { context }),
  });
}
