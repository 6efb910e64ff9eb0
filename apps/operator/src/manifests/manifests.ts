import type { KubernetesObject } from '@canaryop/reconcile/object';

import { CanaryApp } from '../api/v1/canaryapp.ts';
import { canaryAppPermissions, secretTrackingPermissions } from '../controllers/canaryapp/permissions.ts';
import {
  eventPermissions,
  leaderElectionPermissions,
  scrapePermissions,
  trackingKeyPermissions,
} from '../permissions.ts';
import { policyRules, type Permission, type PolicyRule } from '../rbac/permission.ts';

/** A Role or ClusterRole. */
export interface Role extends KubernetesObject {
  readonly rules: readonly PolicyRule[];
}

const reconciling = [...canaryAppPermissions, ...eventPermissions];

/** The manifests that follow from the code, by their path below `config/`. */
export function generatedManifests(): Readonly<Record<string, KubernetesObject>> {
  const { group, plural } = CanaryApp;
  return {
    [`crd/bases/${group}_${plural}.yaml`]: CanaryApp.crd(),
    'rbac/role.yaml': role('ClusterRole', 'manager-role', reconciling),
    'rbac/leader_election_role.yaml': role('Role', 'leader-election-role', leaderElectionPermissions),
    'rbac/tracking_key_role.yaml': role('Role', 'tracking-key-role', trackingKeyPermissions),
    'rbac/secret_tracking_role.yaml': role('Role', 'secret-tracking', secretTrackingPermissions),
    'rbac/metrics_auth_role.yaml': role('ClusterRole', 'metrics-auth-role', scrapePermissions),
    'namespaced/role.yaml': role('Role', 'manager-role', [
      ...reconciling,
      ...leaderElectionPermissions,
      ...trackingKeyPermissions,
    ]),
  };
}

function role(kind: 'Role' | 'ClusterRole', name: string, permissions: readonly Permission[]): Role {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind,
    metadata: { name },
    rules: policyRules(permissions),
  };
}
