import { isJsonObject, type Json, type JsonObject, type StructuralSchema } from '../schema/structural-schema.ts';
import { applyConflictMessage, applyConflicts, type ApplyConflict } from './apply-conflict.ts';
import { applyTypeErrors } from './apply-type-errors.ts';
import { compareTyped, jsonEqual } from './compare.ts';
import { isInconvertible } from './duplicates.ts';
import { fieldSetOf } from './field-set-of.ts';
import {
  differenceOf,
  emptyFieldSet,
  isEmptyFieldSet,
  recursiveDifferenceOf,
  sameFieldSet,
  unionOf,
  type FieldSet,
} from './field-set.ts';
import {
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
import { recordUpdate } from './track-update.ts';
import { withoutDropped } from './without-dropped.ts';
import { mergeTyped } from './typed-merge.ts';
import type { VersionView } from './version-view.ts';

/** A server-side apply request. */
export interface ApplyRequest {
  readonly schema: StructuralSchema | undefined;
  /** The stored object; undefined when apply creates it. */
  readonly live: JsonObject | undefined;
  /** What the manager wants, decoded; `apiVersion` and `kind` are those of the endpoint. */
  readonly applied: JsonObject;
  readonly manager: string;
  /** Take fields from other managers instead of failing. */
  readonly force: boolean;
  readonly apiVersion: string;
  /** Empty or absent for the object itself. */
  readonly subresource?: string;
  /** Fields that the endpoint resets, for instance `status` on the object itself: the applier never owns them. */
  readonly reset?: FieldSet;
  /** What an object without content looks like: `zeroObject(schema)` for a built-in kind. @default {} */
  readonly zero?: JsonObject;
  /** How objects look in the versions of other entries. @default as in the request's version */
  readonly inVersion?: VersionView | undefined;
  /** RFC 3339 without a fraction. */
  readonly now: string;
  /** Defaulting, run over the merged object before it is compared with the live one. @default identity */
  readonly defaulted?: (object: JsonObject) => JsonObject;
}

/** What an apply came to. */
export type ApplyOutcome =
  | {
      readonly ok: true;
      /** With managedFields; `live` itself when neither the object nor any ownership changed. */
      readonly object: JsonObject;
    }
  /** HTTP 409; `conflicts` are the causes. */
  | {
      readonly ok: false;
      readonly reason: 'Conflict';
      readonly message: string;
      readonly conflicts: readonly ApplyConflict[];
    }
  /** HTTP 400. */
  | { readonly ok: false; readonly reason: 'BadRequest'; readonly message: string }
  /** HTTP 500 in kube-apiserver: the configuration does not fit the schema. */
  | { readonly ok: false; readonly reason: 'InternalError'; readonly message: string };

/** Server-side apply (KEP-555) as kube-apiserver and structured-merge-diff do it. */
export function serverSideApply(request: ApplyRequest): ApplyOutcome {
  const managedFields = managedFieldsOf(request.applied);
  if (managedFields !== undefined && managedFields !== null) {
    return { ok: false, reason: 'BadRequest', message: 'metadata.managedFields must be nil' };
  }
  const problem = applyTypeErrors(request.schema, request.applied);
  if (problem !== undefined) {
    return {
      ok: false,
      reason: 'InternalError',
      message: `failed to create typed patch object (${objectText(request)}): ${problem}`,
    };
  }
  const outcome = applyOnce(request, request.force);
  if (outcome.ok || outcome.reason !== 'Conflict' || request.manager !== 'kubectl') return outcome;
  return allowedByLastApplied(request, outcome.contested) ? applyOnce(request, true) : outcome;
}

type Attempt = ApplyOutcome & { readonly contested?: Parameters<typeof applyConflicts>[0] };

function applyOnce(request: ApplyRequest, force: boolean): Attempt {
  const { schema, applied, apiVersion } = request;
  const live = withoutManagers(request.live ?? request.zero ?? {});
  const reset = request.reset ?? emptyFieldSet;
  const writer: Writer = {
    manager: request.manager,
    operation: 'Apply',
    apiVersion,
    subresource: request.subresource ?? '',
  };
  const identity = managerIdentity(writer);
  const stored = storedManagers(request, live);
  const last = stored.get(identity);

  const claimed = recursiveDifferenceOf(fieldSetOf(schema, applied), reset);
  const mine: ManagerFields = { ...writer, time: last?.time, fields: claimed };
  const managers: Managers = new Map([...stored, [identity, mine]]);
  const merged = mergeTyped(schema, live, applied);
  const object = isJsonObject(merged) ? withoutDropped(request, { merged, managers, last }) : applied;

  if (isInconvertible(request, managers, [live, object])) {
    return {
      ok: false,
      reason: 'InternalError',
      message: 'duplicate entries for a key: the object has no other version',
    };
  }
  const change = ownershipChange({
    schema,
    before: live,
    after: object,
    managers,
    writer: identity,
    reset,
    apiVersion,
    inVersion: request.inVersion,
  });
  if (!force && change.contested.length > 0) {
    return {
      ok: false,
      reason: 'Conflict',
      message: applyConflictMessage(change.contested),
      conflicts: applyConflicts(change.contested),
      contested: change.contested,
    };
  }
  return { ok: true, object: recorded(request, { live, object, identity, managers: change.managers }) };
}

/** An object that was never tracked is taken to belong to `before-first-apply`. */
function storedManagers(request: ApplyRequest, live: JsonObject): Managers {
  const stored = decodeManagers(managedFieldsOf(request.live)) ?? new Map<string, ManagerFields>();
  if (stored.size > 0 || request.live === undefined) return stored;
  return recordUpdate({
    schema: request.schema,
    before: request.zero ?? {},
    after: live,
    manager: 'before-first-apply',
    apiVersion: request.apiVersion,
    subresource: request.subresource ?? '',
    reset: request.reset ?? emptyFieldSet,
    now: request.now,
    managers: stored,
  });
}

function recorded(
  request: ApplyRequest,
  result: { live: JsonObject; object: JsonObject; identity: string; managers: Managers },
): JsonObject {
  const { live, identity } = result;
  const changed = !jsonEqual(live, result.object);
  const object = changed ? (request.defaulted?.(result.object) ?? result.object) : live;
  const managers = new Map(result.managers);
  const mine = managers.get(identity);
  if (mine !== undefined) {
    const fields = withoutServerFields(mine.fields);
    if (isEmptyFieldSet(fields)) managers.delete(identity);
    else managers.set(identity, { ...mine, fields, time: changed ? request.now : mine.time });
  }
  if (request.live !== undefined && jsonEqual(live, object) && sameManagers(request.live, managers))
    return request.live;
  return withManagers(object, managers);
}

/** Whether ownership is what the stored object says, times aside: then there is nothing to write. */
function sameManagers(stored: JsonObject, managers: Managers): boolean {
  const before = decodeManagers(managedFieldsOf(stored));
  if (before === undefined || before.size !== managers.size) return false;
  return [...managers].every(([identity, entry]) => {
    const other = before.get(identity);
    return other !== undefined && other.apiVersion === entry.apiVersion && sameFieldSet(other.fields, entry.fields);
  });
}

const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration';

/** `kubectl apply --server-side` may take over the fields that kubectl's own client-side apply set last. */
function allowedByLastApplied(request: ApplyRequest, contested: Attempt['contested'] = []): boolean {
  const metadata = request.live?.metadata;
  const annotations = isJsonObject(metadata) ? metadata.annotations : undefined;
  const text = isJsonObject(annotations) ? annotations[lastAppliedAnnotation] : undefined;
  const lastApplied = typeof text === 'string' ? parsedObject(text) : undefined;
  if (lastApplied?.apiVersion !== request.apiVersion) return false;
  const differs = compareTyped(request.schema, lastApplied, withoutManagers(request.live ?? {}));
  const touched = unionOf(unionOf(differs.modified, differs.added), differs.removed);
  const allowed = differenceOf(fieldSetOf(request.schema, lastApplied), touched);
  const conflicts = contested.reduce((all, { fields }) => unionOf(all, fields), emptyFieldSet);
  return isEmptyFieldSet(differenceOf(conflicts, allowed));
}

function parsedObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function objectText(request: ApplyRequest): string {
  const { metadata, kind } = request.applied;
  const { name, namespace } = isJsonObject(metadata) ? metadata : {};
  const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
  return `${text(namespace)}/${text(name)}; ${request.apiVersion.includes('/') ? '' : '/'}${request.apiVersion}, Kind=${text(kind)}`;
}
