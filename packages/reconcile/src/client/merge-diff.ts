import { isJsonObject, jsonEqual, ownValue, setOwn, type JsonObject } from '../object/json.ts';

/**
 * The JSON merge patch (RFC 7386) that turns `from` into `to`; undefined when they are equal already. Lists are replaced
 * whole. A null or undefined field of `to` means absent, as a merge patch cannot write null.
 */
export function mergeDiff(from: JsonObject, to: JsonObject): JsonObject | undefined {
  const patch: Record<string, unknown> = {};
  for (const key of Object.keys(from)) {
    const wanted = ownValue(to, key);
    if ((wanted === undefined || wanted === null) && from[key] !== undefined) setOwn(patch, key, null);
  }
  for (const [key, wanted] of Object.entries(to)) {
    if (wanted === undefined || wanted === null) continue;
    const change = changeOf(ownValue(from, key), wanted);
    if (change !== undefined) setOwn(patch, key, change);
  }
  return Object.keys(patch).length === 0 ? undefined : patch;
}

/** What to write for one field: undefined when nothing. */
function changeOf(from: unknown, to: unknown): unknown {
  if (isJsonObject(to)) {
    if (isJsonObject(from)) return mergeDiff(from, to);
    return withoutNulls(to);
  }
  return jsonEqual(from, to) ? undefined : to;
}

/** A new map is merged into nothing, where a null would be a no-op: leave it out. */
function withoutNulls(map: JsonObject): JsonObject {
  const clean: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(map)) {
    if (value === undefined || value === null) continue;
    setOwn(clean, key, isJsonObject(value) ? withoutNulls(value) : value);
  }
  return clean;
}

/** Applies a JSON merge patch (RFC 7386) and returns a new value; `target` is not changed. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isJsonObject(patch)) return patch;
  const merged: Record<string, unknown> = {};
  if (isJsonObject(target)) {
    for (const [key, value] of Object.entries(target)) setOwn(merged, key, value);
  }
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined) continue;
    if (value === null) Reflect.deleteProperty(merged, key);
    else setOwn(merged, key, mergePatch(ownValue(merged, key), value));
  }
  return merged;
}

/**
 * Whether `live` is as `patch` wants it, so that to send the patch (RFC 7386) would be a write for nothing. A map of
 * only nulls is there already where no map is: the patch takes fields away, and an API server keeps no empty map of
 * labels or annotations.
 */
export function isMerged(live: unknown, patch: unknown): boolean {
  if (patch === undefined) return true;
  if (patch === null) return live === undefined || live === null;
  if (!isJsonObject(patch)) return jsonEqual(patch, live);
  const fields = Object.entries(patch);
  if (live === undefined) return fields.length > 0 && fields.every(([, wanted]) => isMerged(undefined, wanted));
  return isJsonObject(live) && fields.every(([key, wanted]) => isMerged(ownValue(live, key), wanted));
}
