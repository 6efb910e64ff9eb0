import type { KubernetesObject } from '@canaryop/reconcile/object';
import type { Role } from '@canaryop/reconcile/rbac';

import { CanaryApp } from '../api/v1/canaryapp.ts';
import { generatedManifests } from './manifests.ts';

/**
 * What the chart's templates read from `charts/canaryop/files` and follows from the code: the CRD, and the rules of each
 * role, by file name.
 */
export function chartFiles(): Readonly<Record<string, unknown>> {
  const manifests = generatedManifests();
  return {
    'crd.yaml': CanaryApp.crd(),
    'manager-rules.yaml': rulesOf(manifests['rbac/role.yaml']),
    'own-namespace-rules.yaml': ownNamespaceRules(Object.values(manifests)),
    'alert-receiver-rules.yaml': rulesOf(manifests['alerts/alert_receiver_role.yaml']),
    'metrics-auth-rules.yaml': rulesOf(manifests['rbac/metrics_auth_role.yaml']),
  };
}

function rulesOf(role: KubernetesObject | undefined): Role['rules'] {
  if (role === undefined) throw new Error('there is no such role among the generated manifests');
  return (role as Role).rules;
}

/**
 * The rules of each Role that the operator has in its own namespace, by what they are for: of `leader-election-role`
 * under `leader-election`. The manager's is none of them, and Roles for other namespaces have other names.
 */
function ownNamespaceRules(manifests: readonly KubernetesObject[]): Readonly<Record<string, Role['rules']>> {
  const roles = manifests.filter(({ kind, metadata }) => kind === 'Role' && metadata.name.endsWith('-role'));
  return Object.fromEntries(
    roles
      .filter(({ metadata }) => metadata.name !== 'manager-role')
      .map((role) => [role.metadata.name.replace(/-role$/, ''), rulesOf(role)]),
  );
}
