import type { Deployment } from '@canaryop/reconcile/kinds';
import { resourceKind } from '@canaryop/reconcile/object';

/** OpenShift's `apps.openshift.io/v1` DeploymentConfig: of what matters here it has what a Deployment has. */
export type DeploymentConfig = Deployment;
/** Its name on the wire. */
export const DeploymentConfig = resourceKind<DeploymentConfig>({
  group: 'apps.openshift.io',
  version: 'v1',
  kind: 'DeploymentConfig',
  plural: 'deploymentconfigs',
});
