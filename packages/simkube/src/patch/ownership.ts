import type { StructuralSchema, JsonObject } from '../schema/structural-schema.ts';
import { compareTyped, type Comparison } from './compare.ts';
import {
  differenceOf,
  intersectionOf,
  isEmptyFieldSet,
  recursiveDifferenceOf,
  unionOf,
  type FieldSet,
} from './field-set.ts';
import { withoutEmpty, type ManagerFields, type Managers } from './managed-fields.ts';

/** Fields of other managers that a write changes. */
export interface Contested {
  readonly manager: ManagerFields;
  readonly fields: FieldSet;
}

/** What a change from one object to another means for the ownership of everyone but the writer. */
export interface OwnershipChange {
  readonly comparison: Comparison;
  /** In the order of the managers. */
  readonly contested: readonly Contested[];
  /** The managers after the contested and removed fields were taken from all but the writer. */
  readonly managers: Managers;
}

/** Works out who loses which fields when `before` becomes `after` by the hand of `writer`. */
export function ownershipChange(options: {
  readonly schema: StructuralSchema | undefined;
  readonly before: JsonObject;
  readonly after: JsonObject;
  readonly managers: Managers;
  /** Identity of the writer. */
  readonly writer: string;
  /** Fields that the endpoint does not let its writers set, and that nobody gains or loses here. */
  readonly reset: FieldSet;
}): OwnershipChange {
  const { managers, writer } = options;
  const whole = compareTyped(options.schema, options.before, options.after);
  const comparison: Comparison = {
    added: recursiveDifferenceOf(whole.added, options.reset),
    modified: recursiveDifferenceOf(whole.modified, options.reset),
    removed: recursiveDifferenceOf(whole.removed, options.reset),
  };
  const changed = unionOf(comparison.modified, comparison.added);
  const contested: Contested[] = [];
  const next = new Map<string, ManagerFields>();
  for (const [identity, entry] of managers) {
    if (identity === writer) {
      next.set(identity, entry);
      continue;
    }
    const taken = intersectionOf(entry.fields, changed);
    if (!isEmptyFieldSet(taken)) contested.push({ manager: entry, fields: taken });
    const fields = differenceOf(differenceOf(entry.fields, taken), comparison.removed);
    next.set(identity, { ...entry, fields });
  }
  return { comparison, contested, managers: withoutEmpty(next) };
}
