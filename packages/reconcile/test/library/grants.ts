import { resourceKind, type KubernetesObject, type ResourceKind } from '@canaryop/reconcile/object';
import { roleOf, type Permission } from '@canaryop/reconcile/rbac';

import type { Share } from './share.ts';

/** A kind of RBAC. */
export const rbac = (kind: string, plural: string, namespaced = true): ResourceKind =>
  resourceKind({ group: 'rbac.authorization.k8s.io', version: 'v1', kind, plural, namespaced });

/** Lets a user do what permissions say, here. */
export async function grantAll(test: Share, user: string, permissions: readonly Permission[]): Promise<void> {
  const metadata = test.key(user);
  await test.client.create(rbac('Role', 'roles'), { ...roleOf('Role', user, permissions), metadata });
  await test.client.create(rbac('RoleBinding', 'rolebindings'), bindingOf('RoleBinding', user, metadata));
}

/** Lets a user do what permissions say, everywhere, until the test ends. */
export async function grantEverywhere(test: Share, user: string, permissions: readonly Permission[]): Promise<void> {
  const metadata = { name: `${test.namespace}-${user}` };
  const roles = rbac('ClusterRole', 'clusterroles', false);
  const bindings = rbac('ClusterRoleBinding', 'clusterrolebindings', false);
  const role = await test.client.create(roles, { ...roleOf('ClusterRole', user, permissions), metadata });
  const binding = await test.client.create(bindings, bindingOf('ClusterRoleBinding', user, metadata));
  test.atEnd(() => Promise.all([test.client.delete(bindings, binding), test.client.delete(roles, role)]));
}

function bindingOf(kind: 'RoleBinding' | 'ClusterRoleBinding', user: string, metadata: { readonly name: string }) {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind,
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: kind.replace('Binding', ''), name: metadata.name },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
  } as KubernetesObject;
}
