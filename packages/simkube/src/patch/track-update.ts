import { isJsonObject, type Json, type JsonObject, type StructuralSchema } from '../schema/structural-schema.ts';
import { emptyFieldSet, isEmptyFieldSet, unionOf, type FieldSet } from './field-set.ts';
import { isInconvertible } from './duplicates.ts';
import {
  capUpdateManagers,
  decodeManagers,
  managedFieldsOf,
  managerIdentity,
  withManagers,
  withoutManagers,
  withoutServerFields,
  type ManagerFields,
  type Managers,
  type Writer,
} from './managed-fields.ts';
import { ownershipChange } from './ownership.ts';
import type { VersionView } from './version-view.ts';

/** A create, update or patch (other than apply) whose ownership is to be recorded. */
export interface UpdateToTrack {
  readonly schema: StructuralSchema | undefined;
  /** The stored object; undefined on create. */
  readonly before: JsonObject | undefined;
  /** The object about to be stored, after defaulting and admission; its own managedFields may ask for a reset. */
  readonly after: JsonObject;
  /** @default unknown */
  readonly manager: string;
  /** Version of the request, for instance `apps/v1`. */
  readonly apiVersion: string;
  /** For instance `status` or `scale`; empty or absent for the object itself. */
  readonly subresource?: string;
  /** Fields that the endpoint resets, for instance `status` on the object itself. */
  readonly reset?: FieldSet;
  /**
   * The object as it was sent, without what the endpoint put back: entries of other versions are judged by it, as the
   * reset fields are those of the request's version alone. @default after
   */
  readonly sent?: JsonObject;
  /**
   * What an object without content looks like, compared with on create: `zeroObject(schema)` for a built-in kind,
   * whose embedded structs nobody owns. @default {}
   */
  readonly zero?: JsonObject;
  /** How objects look in the versions of other entries. @default as in the request's version */
  readonly inVersion?: VersionView | undefined;
  /** RFC 3339 without a fraction. */
  readonly now: string;
}

const noone: Managers = new Map();

/**
 * Gives `after` with the managedFields that it is stored with (KEP-555): the writer's Update entry gains what it
 * added and modified, everyone loses what was changed or removed, and the time moves only when something did.
 * Objects that are not tracked (an empty managedFields was written) stay untracked until the next apply.
 */
export function trackUpdate(update: UpdateToTrack): JsonObject {
  const managers = startingManagers(update);
  const after = withoutManagers(update.after);
  const before = withoutManagers(update.before ?? update.zero ?? {});
  if (managers.size === 0 && update.before !== undefined) return after;
  // Kubernetes then forgets who owns what.
  if (isInconvertible(update, managers, [before, update.sent ?? after])) return after;
  const tracked = recordUpdate({ ...update, before, after, managers });
  return withManagers(after, capUpdateManagers(tracked));
}

/** A request may edit managedFields; what it can't decode, and what comes over a subresource, is ignored. */
function startingManagers(update: UpdateToTrack): Managers {
  const stored = decodeManagers(managedFieldsOf(update.before)) ?? noone;
  if ((update.subresource ?? '') !== '') return stored;
  const sent = managedFieldsOf(update.after);
  if (isReset(sent)) return noone;
  const decoded = decodeManagers(sent);
  return decoded === undefined || decoded.size === 0 ? stored : decoded;
}

/** `[]` and `[{}]` mean: forget all owners. */
function isReset(entries: Json | undefined): boolean {
  if (!Array.isArray(entries)) return false;
  const [first] = entries as readonly Json[];
  return entries.length === 0 || (entries.length === 1 && isJsonObject(first) && Object.keys(first).length === 0);
}

/** Records one update over given managers. */
export function recordUpdate(
  update: Omit<UpdateToTrack, 'before'> & { readonly before: JsonObject; readonly managers: Managers },
): Managers {
  const writer: Writer = {
    manager: update.manager === '' ? 'unknown' : update.manager,
    operation: 'Update',
    apiVersion: update.apiVersion,
    subresource: update.subresource ?? '',
  };
  const reset = update.reset ?? emptyFieldSet;
  // Even the writer's own entry loses what it changes: it gets it back below, with a new time.
  const sent = withoutManagers(update.sent ?? update.after);
  const { comparison, managers } = ownershipChange({ ...update, sent, writer: '', reset });
  const gained = withoutServerFields(unionOf(comparison.modified, comparison.added));
  if (isEmptyFieldSet(gained)) return managers;
  const identity = managerIdentity(writer);
  const previous = managers.get(identity)?.fields ?? emptyFieldSet;
  const entry: ManagerFields = { ...writer, time: update.now, fields: unionOf(gained, previous) };
  return new Map([...managers, [identity, entry]]);
}
