import type { KubernetesObject } from '@canaryop/reconcile/object';

import { CanaryApp } from '../api/v1/canaryapp.ts';
import { generatedManifests, type Role } from './manifests.ts';

/**
 * What the chart's templates read from `charts/canaryop/files` and follows from the code: the CRD, and the rules of each
 * role, by file name.
 */
export function chartFiles(): Readonly<Record<string, unknown>> {
  const manifests = generatedManifests();
  return {
    'crd.yaml': CanaryApp.crd(),
    'manager-rules.yaml': rulesOf(manifests['rbac/role.yaml']),
    'leader-election-rules.yaml': rulesOf(manifests['rbac/leader_election_role.yaml']),
    'metrics-auth-rules.yaml': rulesOf(manifests['rbac/metrics_auth_role.yaml']),
  };
}

function rulesOf(role: KubernetesObject | undefined): Role['rules'] {
  if (role === undefined) throw new Error('there is no such role among the generated manifests');
  return (role as Role).rules;
}
