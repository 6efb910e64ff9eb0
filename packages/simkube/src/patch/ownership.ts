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
  /** Fields that the endpoint does not let its writers set, and that nobody of its version gains or loses here. */
  readonly reset: FieldSet;
  /** The version of the endpoint. */
  readonly apiVersion: string;
  /** What entries of other versions are judged by, to whom nothing is reset. @default after */
  readonly sent?: JsonObject;
}): OwnershipChange {
  const { managers, writer, schema, before, after, sent = after } = options;
  const comparison = withoutFields(compareTyped(schema, before, after), options.reset);
  const isOther = ({ apiVersion }: ManagerFields): boolean => apiVersion !== options.apiVersion;
  const others = [...managers.values()].some(isOther) ? compareTyped(schema, before, sent) : comparison;
  const contested: Contested[] = [];
  const next = new Map<string, ManagerFields>();
  for (const [identity, entry] of managers) {
    if (identity === writer) {
      next.set(identity, entry);
      continue;
    }
    const change = isOther(entry) ? others : comparison;
    const taken = intersectionOf(entry.fields, unionOf(change.modified, change.added));
    if (!isEmptyFieldSet(taken)) contested.push({ manager: entry, fields: taken });
    const fields = differenceOf(differenceOf(entry.fields, taken), change.removed);
    next.set(identity, { ...entry, fields });
  }
  return { comparison, contested, managers: withoutEmpty(next) };
}

function withoutFields({ added, modified, removed }: Comparison, fields: FieldSet): Comparison {
  return {
    added: recursiveDifferenceOf(added, fields),
    modified: recursiveDifferenceOf(modified, fields),
    removed: recursiveDifferenceOf(removed, fields),
  };
}
