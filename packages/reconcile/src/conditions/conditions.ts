import { formatTime } from '../env/time.ts';
import type { Condition } from '../object/object.ts';

/** A condition as it should be; when it last changed follows from what it was. */
export type DesiredCondition = Omit<Condition, 'lastTransitionTime'>;

type Conditions = readonly Condition[] | undefined;

/** The condition of a type, if there is one. */
export function findCondition(conditions: Conditions, type: string): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** Whether the condition is there and True. */
export function isTrue(conditions: Conditions, type: string): boolean {
  return findCondition(conditions, type)?.status === 'True';
}

/** Whether the condition is there and False. Absent and Unknown are neither true nor false. */
export function isFalse(conditions: Conditions, type: string): boolean {
  return findCondition(conditions, type)?.status === 'False';
}

/**
 * The conditions with one set. lastTransitionTime moves only when the status changes (KEP-1623). Returns the same
 * array when nothing changes, so that a status built from it is equal too. Others and unknown fields stay.
 * @param nowMs wall clock, milliseconds since the epoch.
 */
export function setCondition(conditions: Conditions, desired: DesiredCondition, nowMs: number): readonly Condition[] {
  const existing = findCondition(conditions, desired.type);
  if (existing === undefined) return [...(conditions ?? []), { ...desired, lastTransitionTime: formatTime(nowMs) }];
  const lastTransitionTime = existing.status === desired.status ? existing.lastTransitionTime : formatTime(nowMs);
  const updated: Condition = { ...existing, ...desired, lastTransitionTime };
  if (isSame(existing, updated)) return conditions ?? [];
  return (conditions ?? []).map((condition) => (condition === existing ? updated : condition));
}

/** The conditions without one type; the same array when it is not there. */
export function removeCondition(conditions: Conditions, type: string): readonly Condition[] {
  if (findCondition(conditions, type) === undefined) return conditions ?? [];
  return (conditions ?? []).filter((condition) => condition.type !== type);
}

function isSame(a: Condition, b: Condition): boolean {
  return (
    a.status === b.status &&
    a.reason === b.reason &&
    a.message === b.message &&
    a.lastTransitionTime === b.lastTransitionTime &&
    a.observedGeneration === b.observedGeneration
  );
}
