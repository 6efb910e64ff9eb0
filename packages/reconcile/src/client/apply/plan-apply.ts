import type { JsonObject } from '../../object/json.ts';
import type { KubernetesObject, ManagedFieldsEntry } from '../../object/object.ts';
import { containment } from './contains.ts';
import { membersOf, missingFrom, withoutField } from './field-split.ts';
import { leafSet, parseFieldsV1, unionOf, type FieldSet } from './managed-fields.ts';
import { shapeOfDesired } from './shape.ts';

/**
 * What has to be sent so that a live object becomes as desired.
 * `upgrade` comes before the apply when fields that we wrote by POST are no longer desired: apply removes only what an
 * Apply entry owns.
 */
export interface ApplyPlan {
  readonly send: boolean;
  readonly upgrade: boolean;
  /** Of what is desired: see `shapeOfDesired`. */
  readonly shape: number;
}

/** The replica count belongs to the scale subresource once the object exists: never dropped by an apply. */
export const replicasPath = ['spec', 'replicas'] as const;

/**
 * Compares what is desired with what is live and owned.
 * @param sentShape the shape (see `shapeOfDesired`) of what this process last sent for this object and the server accepted;
 * undefined when another process did. A POST makes its manager own the server's defaults too, so only this tells a
 * dropped plain field from a default. Without it, list items and map keys are known to be dropped, and plain fields
 * count as dropped only if an apply has to be sent anyway.
 */
export function planApply(
  live: KubernetesObject,
  desired: object,
  manager: string,
  sentShape: number | undefined,
): ApplyPlan {
  // Only what is frozen is known to be what it was. A cache hands frozen objects out, and the same until they change.
  if (!Object.isFrozen(live)) return compare(live, desired, manager, sentShape);
  const question = JSON.stringify([manager, sentShape, desired]);
  const last = lastPlans.get(live);
  if (last?.question === question) return last.plan;
  const plan = compare(live, desired, manager, sentShape);
  lastPlans.set(live, { question, plan });
  return plan;
}

/**
 * The last answer for each live object, for as long as it lives: a level-triggered reconciler asks the same about the
 * same object many times between two changes, and reading managedFields is most of what a reconcile without writes costs.
 */
const lastPlans = new WeakMap<KubernetesObject, { readonly question: string; readonly plan: ApplyPlan }>();

function compare(live: KubernetesObject, desired: object, manager: string, sentShape: number | undefined): ApplyPlan {
  const wanted = desired as JsonObject;
  const current = live as unknown as JsonObject;
  const { applied, updated } = ownFields(live.metadata.managedFields ?? [], manager);
  const contained = containment(wanted, current, ownedAtAll(applied, updated));
  const isShrunk = missingFrom(applied, wanted) !== undefined;
  const unwanted = missingFrom(updated, wanted);
  const members = unwanted && membersOf(unwanted, current);
  const shape = shapeOfDesired(desired);
  if (sentShape === shape) {
    const dropsMembers = members !== undefined;
    return { send: contained === 'not' || isShrunk || dropsMembers, upgrade: dropsMembers, shape };
  }
  const isDropped = sentShape === undefined ? members !== undefined : unwanted !== undefined;
  const send = contained !== 'exactly' || isShrunk || isDropped;
  return { send, upgrade: send && unwanted !== undefined, shape };
}

/** What a manager owns of the object itself, subresources aside, by how it came to own it. The count is left out. */
function ownFields(entries: readonly ManagedFieldsEntry[], manager: string): OwnFields {
  let applied = leafSet;
  let updated = leafSet;
  for (const entry of entries) {
    if (!isOwn(entry, manager) || entry.fieldsV1 === undefined) continue;
    const fields = withoutField(parseFieldsV1(entry.fieldsV1), replicasPath) ?? leafSet;
    if (entry.operation === 'Apply') applied = applied === leafSet ? fields : unionOf(applied, fields);
    else if (entry.operation === 'Update') updated = updated === leafSet ? fields : unionOf(updated, fields);
  }
  return { applied, updated };
}

function ownedAtAll(applied: FieldSet, updated: FieldSet): FieldSet {
  if (applied === leafSet) return updated;
  return updated === leafSet ? applied : unionOf(applied, updated);
}

interface OwnFields {
  readonly applied: FieldSet;
  readonly updated: FieldSet;
}

/** Whether an entry is a manager's own, of the object itself and not of a subresource. */
export function isOwn(entry: ManagedFieldsEntry, manager: string): boolean {
  return entry.manager === manager && (entry.subresource ?? '') === '';
}
