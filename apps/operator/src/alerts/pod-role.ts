import type { Informer } from '@canaryop/reconcile/cache';
import { Deployment, type Pod } from '@canaryop/reconcile/kinds';
import type { ObjectKey } from '@canaryop/reconcile/object';

import { CanaryApp } from '../api/v1/canaryapp.ts';
import { canaryForLabel, type Role } from '../api/v1/names.ts';
import { controllerOf } from '../controllers/canaryapp/pods.ts';
import { modeOf } from '../modes/mode-of.ts';
import { isOwnedBy } from '../rollout/diff.ts';

type Apps = Pick<Informer<CanaryApp>, 'lister'>;

/** Which workload of a CanaryApp a pod is of; undefined for a pod of somebody else's. */
export function roleOf(apps: Apps, pod: Pod): Role | undefined {
  const controller = controllerOf(pod);
  const { namespace } = pod.metadata;
  if (controller === undefined || namespace === undefined) return undefined;
  const { kind, name } = controller;
  if (kind === CanaryApp.kind) return isTriedAlone(apps, pod, { namespace, name }) ? 'secondary' : undefined;
  return kind === Deployment.kind ? roleOfWorkload(apps, { namespace, name }) : undefined;
}

/** Whether a pod is the only one of its revision, made by a CanaryApp that is there. */
function isTriedAlone(apps: Apps, pod: Pod, owner: ObjectKey): boolean {
  const app = apps.lister.get(owner);
  return pod.metadata.labels?.[canaryForLabel] !== undefined && isOwnedBy(pod, app?.metadata.uid ?? '');
}

function roleOfWorkload(apps: Apps, { namespace, name }: ObjectKey): Role | undefined {
  for (const app of apps.lister.list(namespace)) {
    const mode = modeOf(app);
    if (!('target' in mode)) continue;
    const { primary, secondary } = mode.target.workloads;
    if (name === secondary) return 'secondary';
    if (name === primary) return 'primary';
  }
  return undefined;
}
