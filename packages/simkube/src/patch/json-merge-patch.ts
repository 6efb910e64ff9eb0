import { isJsonObject, type Json, type JsonObject } from '../schema/structural-schema.ts';

/**
 * RFC 7396: null deletes, objects merge, everything else replaces. Untouched parts keep their references. As in the
 * library that Kubernetes uses, a list that replaces no object comes without the nulls of the objects in it.
 */
export function jsonMergePatch(target: Json | undefined, patch: Json): Json {
  if (!isJsonObject(patch)) return isJsonObject(target) ? patch : withoutNulls(patch);
  const base: JsonObject = isJsonObject(target) ? target : {};
  const entries = new Map(Object.entries(base));
  let changed = !isJsonObject(target);
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined) continue;
    if (value === null) {
      changed = entries.delete(key) || changed;
      continue;
    }
    const before = entries.get(key);
    const next = jsonMergePatch(before, value);
    if (next === before) continue;
    entries.set(key, next);
    changed = true;
  }
  return changed ? Object.fromEntries(entries) : base;
}

/** A list keeps the nulls that are its own items. */
function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) {
    const items = value as readonly Json[];
    const kept = items.map(withoutNulls);
    return kept.every((item, index) => item === items[index]) ? value : kept;
  }
  return isJsonObject(value) ? jsonMergePatch(undefined, value) : value;
}

/** The merge patch that turns one object into another; undefined when they are equal. Nulls in `after` can't be expressed. */
export function jsonMergeDiff(before: Json, after: Json): Json | undefined {
  if (!isJsonObject(before) || !isJsonObject(after)) return sameJson(before, after) ? undefined : after;
  const entries: [string, Json][] = [];
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [old, next] = [ownValue(before, key), ownValue(after, key)];
    if (next === undefined) entries.push([key, null]);
    else if (old === undefined) entries.push([key, next]);
    else {
      const diff = jsonMergeDiff(old, next);
      if (diff !== undefined) entries.push([key, diff]);
    }
  }
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function ownValue(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function sameJson(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    const [left, right] = [a as readonly Json[], b as readonly Json[]];
    return left.length === right.length && left.every((item, index) => sameJson(item, right[index] ?? null));
  }
  return isJsonObject(a) && isJsonObject(b) && jsonMergeDiff(a, b) === undefined;
}
