import type { ControllerDefinition } from '@canaryop/reconcile/controller';
import { operatorPermissions } from '@canaryop/reconcile/manager';
import { resourceKind, type KubernetesObject } from '@canaryop/reconcile/object';
import { roleOf } from '@canaryop/reconcile/rbac';
import { serviceAccountUser, type ApiServer } from '@canaryop/simkube';

const rbacGroup = 'rbac.authorization.k8s.io';
const name = 'simulated-operator';
const namespace = 'default';

/** Who the operator is. */
export const operatorAccount = serviceAccountUser(namespace, name);

const names = { group: rbacGroup, version: 'v1', namespaced: false };
const clusterRoles = resourceKind({ ...names, kind: 'ClusterRole', plural: 'clusterroles' });
const clusterRoleBindings = resourceKind<KubernetesObject & { readonly roleRef: object; readonly subjects: object }>({
  ...names,
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
});

/** What the account is called in the fixed point, which has no use for it. */
export function isOfAccount({ kind, metadata }: KubernetesObject): boolean {
  return kind.startsWith('ClusterRole') && metadata.name === name;
}

/**
 * Lets the operator do what its controllers declare, and nothing else. A whole operator, of which nothing is known, may
 * do everything. The first time counts.
 */
export function grant({ loopback }: ApiServer, controllers: readonly ControllerDefinition[] | undefined): void {
  if (loopback.get(clusterRoles, { name }) !== undefined) return;
  loopback.create(clusterRoles, controllers === undefined ? everything : roleFor(controllers));
  loopback.create(clusterRoleBindings, {
    apiVersion: `${rbacGroup}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: rbacGroup, kind: 'ClusterRole', name },
    subjects: [{ kind: 'ServiceAccount', namespace, name }],
  });
}

const everything = {
  apiVersion: `${rbacGroup}/v1`,
  kind: 'ClusterRole',
  metadata: { name },
  rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
};

function roleFor(controllers: readonly ControllerDefinition[]): KubernetesObject {
  const { everywhere, own } = operatorPermissions(controllers, { lease: 'operator' });
  return roleOf('ClusterRole', name, [...everywhere, ...own]);
}
