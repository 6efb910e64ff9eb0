import type { KubernetesObject } from '@canaryop/reconcile/object';

/** A JSON object whose fields are not known at compile time. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** An object as the server holds it: any kind, frozen, with every field that its schema admits. */
export interface ApiObject extends KubernetesObject {
  readonly [field: string]: unknown;
}

/** Whether `value` is a JSON object (neither null nor an array). */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The JSON object at `path`, or an empty one when anything on the way is missing or of another type. */
export function objectAt(value: unknown, ...path: readonly string[]): JsonObject {
  const found = valueAt(value, ...path);
  return isJsonObject(found) ? found : {};
}

/** The list at `path`, or an empty one. */
export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = valueAt(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** The string at `path`, or undefined. */
export function stringAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = valueAt(value, ...path);
  return typeof found === 'string' ? found : undefined;
}

/** The number at `path`, or undefined. */
export function numberAt(value: unknown, ...path: readonly string[]): number | undefined {
  const found = valueAt(value, ...path);
  return typeof found === 'number' ? found : undefined;
}

/** The value at `path`; only own fields count, so a key such as `constructor` is never found by accident. */
export function valueAt(value: unknown, ...path: readonly string[]): unknown {
  let current = value;
  for (const step of path) {
    if (!isJsonObject(current) || !Object.hasOwn(current, step)) return undefined;
    current = current[step];
  }
  return current;
}

/** A copy of `object` with `fields` set; a field given as undefined is removed. Safe for keys such as `__proto__`. */
export function withFields<T extends JsonObject>(object: T, fields: JsonObject): T {
  const entries = new Map<string, unknown>(Object.entries(object));
  for (const [key, value] of Object.entries(fields)) {
    if (value === undefined) entries.delete(key);
    else entries.set(key, value);
  }
  return Object.fromEntries(entries) as T;
}

/** A copy of `object` with metadata fields set; a field given as undefined is removed. */
export function withMetadata(object: ApiObject, fields: JsonObject): ApiObject {
  return withFields(object, { metadata: withFields({ ...object.metadata }, fields) });
}

/** A copy of `object` with the value at `path` set, or removed when it is undefined. */
export function withValueAt<T extends JsonObject>(object: T, path: readonly string[], value: unknown): T {
  const [head, ...rest] = path;
  if (head === undefined) return object;
  if (rest.length === 0) return withFields(object, { [head]: value });
  return withFields(object, { [head]: withValueAt(objectAt(object, head), rest, value) });
}
