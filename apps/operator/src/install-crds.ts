import { createClient, createOrApply, type ClusterConnection } from '@canaryop/reconcile/client';
import { CustomResourceDefinitionKind } from '@canaryop/reconcile/crd';
import type { Env } from '@canaryop/reconcile/env';

import { CanaryApp } from './api/v1/canaryapp.ts';
import { fieldManager } from './rollout/diff.ts';

/** Makes the cluster know CanaryApps, as whoever runs this; the operator's own account may not. */
export async function installCrds(env: Env, connection: ClusterConnection): Promise<void> {
  const client = createClient({ env, connection, fieldManager: `${fieldManager}-install` });
  const { metadata } = await createOrApply(client, CustomResourceDefinitionKind, CanaryApp.crd());
  env.log.info('installed the CustomResourceDefinition', { name: metadata.name });
}
