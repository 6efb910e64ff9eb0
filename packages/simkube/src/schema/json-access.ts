import { isJsonObject, type Json, type JsonObject } from './structural-schema.ts';

/** A field of an object, safe for any key; undefined when the object is none. */
export function fieldIn(object: Json | undefined, key: string): Json | undefined {
  return isJsonObject(object) && Object.hasOwn(object, key) ? object[key] : undefined;
}

/** A field that is an object; empty when it is not. */
export function objectIn(object: Json | undefined, key: string): JsonObject {
  const value = fieldIn(object, key);
  return isJsonObject(value) ? value : {};
}

/** A field that is a list; empty when it is not. */
export function listIn(object: Json | undefined, key: string): readonly Json[] {
  const value = fieldIn(object, key);
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

/** A field that is a string; empty when it is not. */
export function textIn(object: Json | undefined, key: string): string {
  const value = fieldIn(object, key);
  return typeof value === 'string' ? value : '';
}

/** A field that is a number. */
export function numberIn(object: Json | undefined, key: string): number | undefined {
  const value = fieldIn(object, key);
  return typeof value === 'number' ? value : undefined;
}

/** Applies a check to each item of a list field, with the item's path. */
export function eachIn<T>(
  object: Json | undefined,
  key: string,
  { path, check }: { path: string; check: (item: Json, path: string, index: number) => readonly T[] },
): readonly T[] {
  const field = path === '' ? key : `${path}.${key}`;
  return listIn(object, key).flatMap((item, index) => check(item, `${field}[${index}]`, index));
}
