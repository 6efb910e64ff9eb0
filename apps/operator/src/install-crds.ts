import { createClient, type ClusterConnection } from '@canaryop/reconcile/client';
import type { Env } from '@canaryop/reconcile/env';
import { resourceKind, type KubernetesObject } from '@canaryop/reconcile/object';

import { CanaryApp } from './api/v1/canaryapp.ts';
import { fieldManager } from './rollout/diff.ts';

const CustomResourceDefinition = resourceKind<KubernetesObject>({
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
});

/** Makes the cluster know CanaryApps, as whoever runs this; the operator's own account may not. */
export async function installCrds(env: Env, connection: ClusterConnection): Promise<void> {
  const client = createClient({ env, connection, fieldManager: `${fieldManager}-install` });
  const desired: KubernetesObject = CanaryApp.crd();
  const live = await client.get(CustomResourceDefinition, { name: desired.metadata.name });
  if (live === undefined) await client.create(CustomResourceDefinition, desired);
  else await client.apply(CustomResourceDefinition, live, desired);
  env.log.info('installed the CustomResourceDefinition', { name: desired.metadata.name });
}
