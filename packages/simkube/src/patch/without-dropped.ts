import { isJsonObject, type JsonObject, type StructuralSchema } from '../schema/structural-schema.ts';
import { fieldSetOf, withNamedFields } from './field-set-of.ts';
import { differenceOf, emptyFieldSet, intersectionOf, isEmptyFieldSet, unionOf, type FieldSet } from './field-set.ts';
import type { ManagerFields, Managers } from './managed-fields.ts';
import { removeFields } from './remove-fields.ts';
import type { ShownObject, VersionView } from './version-view.ts';

/** The version of an apply, and how its objects look in others. */
export interface ApplyVersion {
  readonly schema: StructuralSchema | undefined;
  readonly apiVersion: string;
  readonly inVersion?: VersionView | undefined;
}

/** Removes what the manager applied last time, does not apply now, and nobody else owns. */
export function withoutDropped(
  version: ApplyVersion,
  of: { readonly merged: JsonObject; readonly managers: Managers; readonly last: ManagerFields | undefined },
): JsonObject {
  const { merged, managers, last } = of;
  if (last === undefined || isEmptyFieldSet(last.fields)) return merged;
  const there = shown(version, last.apiVersion, merged);
  if (there === undefined) return merged;
  let whole = there;
  let kept = without(there, named(there, last.fields));
  for (const apiVersion of versionsOf(managers, last.apiVersion)) {
    const [all, rest] = [shown(version, apiVersion, whole.object), shown(version, apiVersion, kept.object)];
    if (all === undefined || rest === undefined) continue;
    const stays = unionOf(named(rest, fieldSetOf(rest.schema, rest.object)), named(all, ownedIn(managers, apiVersion)));
    whole = all;
    kept = without(all, differenceOf(named(all, fieldSetOf(all.schema, all.object)), stays));
  }
  // Items that this manager never owned come back, whoever else does not own them either.
  const [all, rest] = [shown(version, last.apiVersion, whole.object), shown(version, last.apiVersion, kept.object)];
  if (all === undefined || rest === undefined) return merged;
  const gone = differenceOf(
    named(all, fieldSetOf(all.schema, all.object)),
    named(all, fieldSetOf(rest.schema, rest.object)),
  );
  const result = without(all, intersectionOf(gone, named(all, last.fields)));
  return shown(version, version.apiVersion, result.object)?.object ?? merged;
}

/** That of the last apply first. */
function versionsOf(managers: Managers, first: string): readonly string[] {
  const versions = new Set([...managers.values()].map(({ apiVersion }) => apiVersion));
  return [...versions].sort((left, right) => Number(right === first) - Number(left === first));
}

function ownedIn(managers: Managers, apiVersion: string): FieldSet {
  let owned = emptyFieldSet;
  for (const entry of managers.values()) if (entry.apiVersion === apiVersion) owned = unionOf(owned, entry.fields);
  return owned;
}

/** Undefined where the object has no form in the version. */
function shown(
  { schema, apiVersion, inVersion }: ApplyVersion,
  wanted: string,
  object: JsonObject,
): ShownObject | undefined {
  if (inVersion === undefined || (wanted === apiVersion && object.apiVersion === wanted)) return { schema, object };
  const view = inVersion(wanted, object);
  return view === 'gone' || view === 'inconvertible' ? undefined : view;
}

function named({ schema }: ShownObject, set: FieldSet): FieldSet {
  return withNamedFields(schema, set);
}

function without({ schema, object }: ShownObject, fields: FieldSet): ShownObject {
  const rest = removeFields(schema, object, fields);
  return { schema, object: isJsonObject(rest) ? rest : {} };
}
