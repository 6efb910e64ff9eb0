import { isMerged, planApply } from '@canaryop/reconcile/apply';
import type { Desired } from '@canaryop/reconcile/client';
import type { KubernetesObject } from '@canaryop/reconcile/object';

import { replicasAnnotation } from '../api/v1/names.ts';
import type { Child, Write } from './write.ts';

/** Who writes: fields are owned, and differences judged, under this name. */
export const fieldManager = 'canaryop';

/**
 * The writes that make one child as desired; none when it is, when it is not ours, or while it is on its way out.
 * @param ownerUid of the CanaryApp: an object that it does not control is never touched.
 */
export function diff(child: Child, ownerUid: string): readonly Write[] {
  const { kind, live, desired, replicas, lent, source } = child;
  if (lent !== undefined) return live === undefined ? [] : lentWrites(child, live, lent);
  if (live === undefined) return desired === undefined ? [] : [creationOf(child, desired)];
  if (isTaken(live, ownerUid)) return [];
  // Foreground: the name stays taken until the last pod is gone, so that no pod of this revision meets the next one.
  if (desired === undefined) return [{ verb: 'delete', kind, live, propagation: 'Foreground' }];
  if (source !== undefined) return [{ verb: 'copy', kind, desired, live, source }];
  if (replicas !== undefined && wantsScale(live, replicas)) {
    return [{ verb: 'scale', kind, live, replicas: replicas.count, desired }];
  }
  return planApply(live, desired, fieldManager, undefined).send ? [{ verb: 'apply', kind, live, desired }] : [];
}

/** Whether an object can't be changed now: it is somebody else's, or on its way out. */
function isTaken(live: KubernetesObject, ownerUid: string): boolean {
  return !isOwnedBy(live, ownerUid) || live.metadata.deletionTimestamp !== undefined;
}

function creationOf({ kind, replicas, source }: Child, desired: Desired<KubernetesObject>): Write {
  if (source !== undefined) return { verb: 'copy', kind, desired, source };
  return { verb: 'create', kind, desired: withReplicas(desired, replicas) };
}

/** What changes of an object that is the user's; its count is fixed, or only raised from and lowered to nothing. */
function lentWrites(
  { kind, replicas }: Child,
  live: KubernetesObject,
  { patch }: NonNullable<Child['lent']>,
): readonly Write[] {
  if (live.metadata.deletionTimestamp !== undefined) return [];
  const writes: Write[] = [];
  const current = countOf(live);
  if (replicas !== undefined && current !== replicas.count) {
    if (replicas.isFixed || replicas.count === 0 || current === 0)
      writes.push({ verb: 'scale', kind, live, replicas: replicas.count });
  }
  if (patch !== undefined && !isMerged(live, patch)) writes.push({ verb: 'patch', kind, live, patch });
  return writes;
}

function countOf(live: KubernetesObject): number {
  return (live as { spec?: { replicas?: number } }).spec?.replicas ?? 1;
}

/** Whether the object's controller is the owner with this uid. */
export function isOwnedBy(object: KubernetesObject, ownerUid: string): boolean {
  return (
    object.metadata.ownerReferences?.some(({ uid, controller }) => uid === ownerUid && controller === true) === true
  );
}

function wantsScale(live: KubernetesObject, { count, isFixed }: NonNullable<Child['replicas']>): boolean {
  const current = countOf(live);
  if (current === count) return false;
  const isNew = live.metadata.annotations?.[replicasAnnotation] !== String(count);
  return isFixed || isNew || current === 0;
}

function withReplicas(desired: Desired<KubernetesObject>, replicas: Child['replicas']): Desired<KubernetesObject> {
  if (replicas === undefined) return desired;
  const { spec, ...rest } = desired as Desired<KubernetesObject> & { spec?: object };
  return { ...rest, spec: { ...spec, replicas: replicas.count } } as Desired<KubernetesObject>;
}
