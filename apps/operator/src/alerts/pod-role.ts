import type { Informer } from '@canaryop/reconcile/cache';
import { Deployment, type Pod } from '@canaryop/reconcile/kinds';

import type { CanaryApp } from '../api/v1/canaryapp.ts';
import type { Role } from '../api/v1/names.ts';
import { controllerOf } from '../controllers/canaryapp/pods.ts';
import { modeOf } from '../modes/mode-of.ts';

/** Which workload of a CanaryApp a pod is of; undefined for a pod of somebody else's. */
export function roleOf(apps: Pick<Informer<CanaryApp>, 'lister'>, pod: Pod): Role | undefined {
  const controller = controllerOf(pod);
  const { namespace } = pod.metadata;
  if (controller?.kind !== Deployment.kind || namespace === undefined) return undefined;
  for (const app of apps.lister.list(namespace)) {
    const mode = modeOf(app);
    if (!('target' in mode)) continue;
    const { primary, secondary } = mode.target.workloads;
    if (controller.name === secondary) return 'secondary';
    if (controller.name === primary) return 'primary';
  }
  return undefined;
}
