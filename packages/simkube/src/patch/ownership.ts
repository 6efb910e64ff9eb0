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
import type { VersionView } from './version-view.ts';
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
  /** How objects look in the versions of other entries. @default as in the endpoint's version */
  readonly inVersion?: VersionView | undefined;
}): OwnershipChange {
  const { managers, writer, schema, before, after, sent = after } = options;
  const comparison = withoutFields(compareTyped(schema, before, after), options.reset);
  const isOther = ({ apiVersion }: ManagerFields): boolean => apiVersion !== options.apiVersion;
  const others = new Map<string, Comparison | 'gone'>();
  const changeIn = ({ apiVersion }: ManagerFields): Comparison | 'gone' => {
    const known = others.get(apiVersion) ?? otherComparison(apiVersion, { ...options, sent });
    others.set(apiVersion, known);
    return known;
  };
  const contested: Contested[] = [];
  const next = new Map<string, ManagerFields>();
  for (const [identity, entry] of managers) {
    if (identity === writer) {
      next.set(identity, entry);
      continue;
    }
    const change = isOther(entry) ? changeIn(entry) : comparison;
    // Nobody can say what belongs to a version that is not there.
    if (change === 'gone') continue;
    const taken = intersectionOf(entry.fields, unionOf(change.modified, change.added));
    if (!isEmptyFieldSet(taken)) contested.push({ manager: entry, fields: taken });
    const fields = differenceOf(differenceOf(entry.fields, taken), change.removed);
    next.set(identity, { ...entry, fields });
  }
  return { comparison, contested, managers: withoutEmpty(next) };
}

/** What a change is in another version. */
function otherComparison(
  apiVersion: string,
  options: {
    readonly schema: StructuralSchema | undefined;
    readonly before: JsonObject;
    readonly sent: JsonObject;
    readonly inVersion?: VersionView | undefined;
  },
): Comparison | 'gone' {
  const { schema, before, sent, inVersion } = options;
  const from = inVersion?.(apiVersion, before);
  const to = inVersion?.(apiVersion, sent);
  if (from === 'gone' || to === 'gone') return 'gone';
  if (from === undefined || to === undefined || from === 'inconvertible' || to === 'inconvertible') {
    return compareTyped(schema, before, sent);
  }
  return compareTyped(to.schema, from.object, to.object);
}

function withoutFields({ added, modified, removed }: Comparison, fields: FieldSet): Comparison {
  return {
    added: recursiveDifferenceOf(added, fields),
    modified: recursiveDifferenceOf(modified, fields),
    removed: recursiveDifferenceOf(removed, fields),
  };
}
