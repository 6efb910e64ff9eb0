import { kubeConfigConnection } from '@canaryop/reconcile/client';
import type { Env } from '@canaryop/reconcile/env';

import type { DevCluster } from './dev-cluster.ts';
import { installDefinitions, installer } from './install.ts';

/**
 * A cluster that is there, as whoever its kubeconfig names. Definitions are installed; roles are not, because the
 * operator runs as that user.
 */
export async function existingCluster(env: Env, kubeconfig: string | undefined): Promise<DevCluster> {
  const { connection } = await kubeConfigConnection(env, kubeconfig === undefined ? {} : { path: kubeconfig });
  const client = installer(env, connection);
  return {
    title: connection.server,
    kubeconfig,
    variables: kubeconfig === undefined ? {} : { KUBECONFIG: kubeconfig },
    install: (description) => installDefinitions(client, description),
    stop: () => connection.transport.close(),
  };
}
