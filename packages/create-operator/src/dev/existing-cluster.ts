import { kubeConfigConnection } from '@canaryop/reconcile/client';
import type { Env } from '@canaryop/reconcile/env';

import { scaffoldedPlace } from '../describe/load-description.ts';
import type { OperatorDescription } from '../manifests/operator-description.ts';
import { UsageError } from '../usage-error.ts';
import type { DevCluster } from './dev-cluster.ts';
import { installDefinitions, installer } from './install.ts';

/**
 * A cluster that is there, as whoever its kubeconfig names. Definitions are installed; roles are not, because the
 * operator runs as that user, and webhooks are not, because nobody there can call this machine.
 */
export async function existingCluster(env: Env, kubeconfig: string | undefined): Promise<DevCluster> {
  const options = kubeconfig === undefined ? {} : { path: kubeconfig };
  const { connection } = await kubeConfigConnection(env, options).catch((error: unknown) => {
    throw new UsageError(`--kubeconfig: ${error instanceof Error ? error.message : String(error)}`);
  });
  const client = installer(env, connection);
  return {
    title: connection.server,
    webhookPlace: scaffoldedPlace,
    // Its API servers cannot reach this machine.
    args: ['--webhook-bind-address=0'],
    kubeconfig,
    variables: kubeconfig === undefined ? {} : { KUBECONFIG: kubeconfig },
    install: (description) => installDefinitions(client, withoutConversions(description)),
    stop: () => connection.transport.close(),
  };
}

/** The version of controllers only: an older one could be neither read nor written without its conversion. */
function withoutConversions(description: OperatorDescription): OperatorDescription {
  return { ...description, kinds: description.kinds.map((kind) => ({ ...kind, crd: kind.storedCrd })) };
}
