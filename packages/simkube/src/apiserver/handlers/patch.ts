import { invalidValue } from '../../schema/field-error.ts';
import { jsonMergePatch } from '../../patch/json-merge-patch.ts';
import { jsonPatch, type PatchOutcome } from '../../patch/json-patch.ts';
import { strategicMergePatch } from '../../patch/strategic-merge-patch.ts';
import {
  isJsonObject as isSchemaObject,
  type Json,
  type JsonObject,
  type StructuralSchema,
} from '../../schema/structural-schema.ts';
import type { ApiCore } from '../api-core.ts';
import { isJsonObject, type ApiObject } from '../object/api-object.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import { badRequest, invalid } from '../status/refusals.ts';
import { StatusError } from '../status/status-error.ts';
import { admitBody } from './admit.ts';
import { asApiObject, asJson } from '../object/json.ts';
import { existingObject, updateObject } from './update.ts';
import type { Target, WriteOptions } from './write-options.ts';

/** The patch content types other than apply. */
export type PatchType = 'json' | 'merge' | 'strategic';

/** A PATCH request other than apply. */
export interface Patch {
  readonly target: Target;
  readonly type: PatchType;
  readonly body: unknown;
  readonly subresource: string;
  readonly options: WriteOptions;
}

/** Custom kinds take no strategic merge patch. */
export function checkPatchType(resource: ServedResource, type: PatchType | 'apply'): void {
  if (type === 'strategic' && resource.custom !== undefined) throw unsupportedPatch();
}

/** Patches a stored object. Returns the stored form. */
export function patchObject(core: ApiCore, resource: ServedResource, patch: Patch): ApiObject {
  const { target, options, subresource } = patch;
  const existing = existingObject(resource, target);
  const patched = patchedObject(resource.fromStored(existing), patch, resource);
  const refuseUnknown = (problem: string): Error =>
    invalidPatch(patch.type === 'strategic' ? goMap(patch.body) : JSON.stringify(patched), problem);
  const next = admitBody(core, resource, patched, { ...options, refuseUnknown });
  if (next.metadata.name !== target.name) {
    throw badRequest(
      `the name of the object (${next.metadata.name}) does not match the name on the URL (${target.name})`,
    );
  }
  return updateObject(core, resource, { existing, next, subresource, options });
}

/** 422 for a patch whose result cannot be read. */
export function invalidPatch(shown: string, problem: string): Error {
  return invalid({ group: '', kind: '' }, '', [invalidValue('patch', shown, problem)]);
}

/** A JSON value as Go prints a map: `map[a:1 b:[x y]]`. */
function goMap(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goMap).join(' ')}]`;
  if (!isJsonObject(value)) return value === null ? '<nil>' : JSON.stringify(value).replaceAll('"', '');
  const entries = Object.keys(value)
    .sort()
    .map((key) => `${key}:${goMap(value[key])}`);
  return `map[${entries.join(' ')}]`;
}

/** The object with the patch applied to it, not yet admitted. */
export function patchedObject(
  object: ApiObject,
  patch: { readonly type: PatchType; readonly body: unknown },
  of: { readonly schema: StructuralSchema; readonly custom?: unknown },
): ApiObject {
  const outcome = applied(asJson(object), patch.type, patch.body as Json, of);
  if (outcome.ok) return asApiObject(outcome.object);
  if (outcome.reason === 'BadRequest') throw badRequest(outcome.message);
  if (outcome.reason === 'InternalError') throw new StatusError({ code: 500, message: outcome.message });
  throw new StatusError({
    code: 422,
    reason: 'Invalid',
    message: 'the server rejected our request due to an error in our request',
    details: {},
  });
}

function applied(
  object: JsonObject,
  type: PatchType,
  body: Json,
  of: { readonly schema: StructuralSchema; readonly custom?: unknown },
): PatchOutcome {
  if (type === 'json') return jsonPatch(object, body);
  if (!isSchemaObject(body)) return { ok: false, reason: 'BadRequest', message: 'the patch must be a JSON object' };
  if (type === 'strategic') {
    if (of.custom !== undefined) throw unsupportedPatch();
    return strategicMergePatch(object, body, of.schema);
  }
  const merged = jsonMergePatch(object, body);
  return isSchemaObject(merged)
    ? { ok: true, object: merged }
    : { ok: false, reason: 'BadRequest', message: 'the patched value is not an object' };
}

function unsupportedPatch(): StatusError {
  return new StatusError({
    code: 415,
    reason: 'UnsupportedMediaType',
    message:
      'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
  });
}
