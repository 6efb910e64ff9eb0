import { eventPermissions, leaderElectionPermissions, scrapePermissions } from '@canaryop/reconcile/manager';
import type { KubernetesObject } from '@canaryop/reconcile/object';
import { roleOf, type Role } from '@canaryop/reconcile/rbac';
import { checkKind } from '@canaryop/reconcile/validation';

import { alertReceiverPermissions } from '../alerts/permissions.ts';
import { CanaryApp } from '../api/v1/canaryapp.ts';
import { canaryAppPermissions, secretTrackingPermissions } from '../controllers/canaryapp/permissions.ts';
import { keeperPermissions } from '../controllers/keeper/permissions.ts';
import { leaseName } from '../lease-name.ts';
import { trackingKeyPermissions } from '../tracking-key-permissions.ts';

const electing = leaderElectionPermissions(leaseName);
const reconciling = [...canaryAppPermissions, ...keeperPermissions, ...eventPermissions];

/** The manifests that follow from the code, by their path below `config/`. */
export function generatedManifests(): Readonly<Record<string, KubernetesObject>> {
  const { group, plural } = CanaryApp;
  checkKind(CanaryApp);
  return {
    [`crd/bases/${group}_${plural}.yaml`]: CanaryApp.crd(),
    'rbac/role.yaml': roleOf('ClusterRole', 'manager-role', reconciling),
    'rbac/leader_election_role.yaml': roleOf('Role', 'leader-election-role', electing),
    'rbac/tracking_key_role.yaml': roleOf('Role', 'tracking-key-role', trackingKeyPermissions),
    'rbac/secret_tracking_role.yaml': roleOf('Role', 'secret-tracking', secretTrackingPermissions),
    'alerts/alert_receiver_role.yaml': alertReceiverRole(),
    'rbac/metrics_auth_role.yaml': roleOf('ClusterRole', 'metrics-auth-role', scrapePermissions),
    'namespaced/role.yaml': roleOf('Role', 'manager-role', [...reconciling, ...electing, ...trackingKeyPermissions]),
  };
}

/** Of a namespace whose pods alerts may be about; config/alerts has the one of `default`. */
function alertReceiverRole(): Role {
  const { metadata, ...rest } = roleOf('Role', 'canaryop-alert-receiver', alertReceiverPermissions);
  return { ...rest, metadata: { ...metadata, namespace: 'default' } };
}
