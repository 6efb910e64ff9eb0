import type { ObjectChange } from '@canaryop/reconcile/cache';
import { Deployment, type Pod } from '@canaryop/reconcile/kinds';
import { jsonEqual, type KubernetesObject } from '@canaryop/reconcile/object';

import { canaryForLabel } from '../../api/v1/names.ts';
import { failureOf, rolloutOf } from '../../targets/workload.ts';

/**
 * Whether a pass could decide anything else after this change of a child. A rolling Deployment counts its pods up and
 * down in a dozen updates, of which the application's own matter that make it ready or not.
 */
export function childMatters(change: ObjectChange<KubernetesObject>): boolean {
  if (change.type !== 'updated') return true;
  const { object, previous } = change;
  return !jsonEqual(withoutCounts(object), withoutCounts(previous));
}

function withoutCounts(object: KubernetesObject): object {
  const { resourceVersion: _, ...metadata } = object.metadata;
  return object.kind === Deployment.kind ? { ...object, metadata, status: rolloutOf(object) } : { ...object, metadata };
}

/** The same of a pod: that it cannot start, or does not say so any more. Of one that is tried alone everything matters. */
export function podMatters(change: ObjectChange<Pod>): boolean {
  const [before, after] = [
    change.type === 'added' ? undefined : change.previous,
    change.type === 'deleted' ? undefined : change.object,
  ];
  if ((after ?? before)?.metadata.labels?.[canaryForLabel] !== undefined) return true;
  return !jsonEqual(problemOf(before), problemOf(after));
}

function problemOf(pod: Pod | undefined): object | null {
  if (pod === undefined || pod.metadata.deletionTimestamp !== undefined) return null;
  return failureOf(pod) ?? null;
}
