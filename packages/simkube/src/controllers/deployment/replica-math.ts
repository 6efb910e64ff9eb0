import type { DeploymentSpec, IntOrPercent } from '../../kinds/apps-v1.ts';

/** How far a rolling update may leave the desired count, in pods. */
export interface Fenceposts {
  readonly maxSurge: number;
  readonly maxUnavailable: number;
}

/** Replica counts of one ReplicaSet. */
export interface ReplicaCounts {
  /** `spec.replicas`. */
  readonly desired: number;
  readonly available: number;
}

/** `25%` of `total`, rounded as asked, or the number itself. Text that is neither counts as 0. */
export function resolveIntOrPercent(value: IntOrPercent, total: number, round: 'up' | 'down'): number {
  if (typeof value === 'number') return value;
  const percent = /^(\d+)%$/.exec(value)?.[1];
  if (percent === undefined) return 0;
  const exact = (Number(percent) * total) / 100;
  return round === 'up' ? Math.ceil(exact) : Math.floor(exact);
}

/** Surge rounds up and unavailability down; both 0 would never move, so one pod may then be unavailable. */
export function fenceposts(spec: DeploymentSpec): Fenceposts {
  if (spec.strategy?.type === 'Recreate') return { maxSurge: 0, maxUnavailable: 0 };
  const replicas = spec.replicas ?? 1;
  const { maxSurge: surge = '25%', maxUnavailable: unavailable = '25%' } = spec.strategy?.rollingUpdate ?? {};
  const maxSurge = resolveIntOrPercent(surge, replicas, 'up');
  const maxUnavailable = Math.min(resolveIntOrPercent(unavailable, replicas, 'down'), replicas);
  return maxSurge === 0 && maxUnavailable === 0 ? { maxSurge, maxUnavailable: 1 } : { maxSurge, maxUnavailable };
}

/** `spec.replicas` for the new ReplicaSet at this point of a rolling update; `total` is the sum over all. */
export function newReplicas(replicas: number, current: number, total: number, maxSurge: number): number {
  if (current >= replicas) return replicas;
  const room = replicas + maxSurge - total;
  return room <= 0 ? current : Math.min(current + room, replicas);
}

/**
 * `spec.replicas` for the old ReplicaSets, oldest first: their unavailable pods go first, then as many available ones
 * as keeps `replicas - maxUnavailable` available (deployment controller's rolling.go).
 */
export function oldReplicas(
  replicas: number,
  fresh: ReplicaCounts,
  old: readonly ReplicaCounts[],
  maxUnavailable: number,
): readonly number[] {
  const minAvailable = replicas - maxUnavailable;
  const oldTotal = old.reduce((sum, each) => sum + each.desired, 0);
  const unavailableFresh = Math.max(0, fresh.desired - fresh.available);
  const cleanable = Math.max(0, oldTotal + fresh.desired - minAvailable - unavailableFresh);
  const cleaned = takeFrom(old, cleanable, (each) => Math.max(0, each.desired - each.available));
  const counts = old.map((each, at) => ({ ...each, desired: cleaned[at] ?? each.desired }));
  const available = old.reduce((sum, each) => sum + each.available, fresh.available);
  const surplus = cleanable === 0 ? 0 : Math.max(0, available - minAvailable);
  return takeFrom(counts, surplus, (each) => each.desired);
}

function takeFrom(
  counts: readonly ReplicaCounts[],
  budget: number,
  takeable: (counts: ReplicaCounts) => number,
): readonly number[] {
  let left = budget;
  return counts.map((each) => {
    const taken = Math.min(left, takeable(each));
    left -= taken;
    return each.desired - taken;
  });
}

/**
 * Spreads `allowed` pods over ReplicaSets in proportion to what they have, largest first; what rounding leaves goes to
 * the first. How a Deployment is scaled in the middle of a rolling update.
 */
export function proportionalReplicas(current: readonly number[], allowed: number): readonly number[] {
  const total = current.reduce((sum, each) => sum + each, 0);
  if (total === 0) return current;
  const change = allowed - total;
  const order = current.map((_, at) => at).sort((left, right) => (current[right] ?? 0) - (current[left] ?? 0));
  const next = [...current];
  let left = change;
  for (const at of order) {
    const share = Math.round(((current[at] ?? 0) * change) / total);
    const bounded = change > 0 ? Math.min(share, left) : Math.max(share, left);
    next[at] = Math.max(0, (current[at] ?? 0) + bounded);
    left -= bounded;
  }
  const [largest] = order;
  if (largest !== undefined) next[largest] = Math.max(0, (next[largest] ?? 0) + left);
  return next;
}
