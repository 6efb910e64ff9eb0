import { createClient, type Client, type ClusterConnection } from '@canaryop/reconcile/client';
import type { Env } from '@canaryop/reconcile/env';
import { keyOf, resourceKind, type KubernetesObject, type ResourceKind } from '@canaryop/reconcile/object';
import { roleOf } from '@canaryop/reconcile/rbac';

import type { OperatorDescription } from '../manifests/operator-description.ts';

/** Who the operator is on a cluster of its own. */
export const account = { namespace: 'default', name: 'operator' } as const;

const rbacGroup = 'rbac.authorization.k8s.io';
const definitionKind = resourceKind({
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
});
const serviceAccountKind = resourceKind({
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
});
const clusterRoleKind = rbacKind('ClusterRole', 'clusterroles');
const clusterRoleBindingKind = rbacKind('ClusterRoleBinding', 'clusterrolebindings');

/** A client for what `reconcile dev` installs. */
export function installer(env: Env, connection: ClusterConnection): Client {
  return createClient({ env, connection, fieldManager: 'reconcile-dev' });
}

/** Makes the cluster know the operator's kinds. */
export async function installDefinitions(client: Client, { kinds }: OperatorDescription): Promise<void> {
  for (const { crd } of kinds) await ensure(client, definitionKind, crd);
}

/** Lets the operator's account do what follows from its declarations, and nothing else. */
export async function installAccount(client: Client, { permissions }: OperatorDescription): Promise<void> {
  const { namespace, name } = account;
  await ensure(client, serviceAccountKind, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace, name } });
  const everything = [...permissions.everywhere, ...permissions.own, ...permissions.cluster];
  await ensure(client, clusterRoleKind, roleOf('ClusterRole', name, everything));
  const binding = {
    apiVersion: `${rbacGroup}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: rbacGroup, kind: 'ClusterRole', name },
    subjects: [{ kind: 'ServiceAccount', namespace, name }],
  };
  await ensure(client, clusterRoleBindingKind, binding);
}

async function ensure(client: Client, kind: ResourceKind, desired: KubernetesObject): Promise<void> {
  const live = await client.get(kind, keyOf(desired));
  if (live === undefined) await client.create(kind, desired);
  else await client.apply(kind, live, desired);
}

function rbacKind(kind: string, plural: string): ResourceKind {
  return resourceKind({ group: rbacGroup, version: 'v1', kind, plural, namespaced: false });
}
