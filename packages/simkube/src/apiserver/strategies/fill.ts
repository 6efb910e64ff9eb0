import { isJsonObject, withFields, type JsonObject } from '../object/api-object.ts';

/** `object` with each of `defaults` set where the field is missing, null or an empty string; the same reference when none is. */
export function fill<T extends JsonObject>(object: T, defaults: JsonObject): T {
  const missing = Object.entries(defaults).filter(
    ([key, value]) => value !== undefined && (!Object.hasOwn(object, key) || isUnset(object[key])),
  );
  return missing.length === 0 ? object : withFields(object, Object.fromEntries(missing));
}

/** Go's defaults take an empty string for a field that was not set. */
function isUnset(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

/** `object` with `change` applied to one field when that is an object; the same reference when it gives the same. */
export function fillIn<T extends JsonObject>(object: T, key: string, change: (value: JsonObject) => JsonObject): T {
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  if (!isJsonObject(value)) return object;
  const next = change(value);
  return next === value ? object : withFields(object, { [key]: next });
}

/** `object` with `change` applied to each object in a list field; the same reference when nothing changes. */
export function fillEach<T extends JsonObject>(object: T, key: string, change: (item: JsonObject) => JsonObject): T {
  const list = Object.hasOwn(object, key) ? object[key] : undefined;
  if (!Array.isArray(list)) return object;
  const next = list.map((item: unknown) => (isJsonObject(item) ? change(item) : item));
  return next.every((item, at) => item === list[at]) ? object : withFields(object, { [key]: next });
}
