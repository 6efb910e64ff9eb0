import { isJsonObject, type Json, type JsonObject, type StructuralSchema } from '../schema/structural-schema.ts';

/**
 * How server-side apply treats a value: `map` and `list` are owned field by field and item by item, `atomic` and
 * `scalar` as a whole.
 */
export type FieldType = 'map' | 'list' | 'atomic' | 'scalar';

/** The type of a value under its schema; a value without schema is granular where it is an object, else whole. */
export function fieldType(schema: StructuralSchema | undefined, value: Json | undefined): FieldType {
  if (value === null || value === undefined) return typeOfSchema(schema);
  if (Array.isArray(value)) return isAssociative(schema) ? 'list' : 'atomic';
  if (!isJsonObject(value)) return 'scalar';
  return isAtomicMap(schema) ? 'atomic' : 'map';
}

function typeOfSchema(schema: StructuralSchema | undefined): FieldType {
  if (schema?.type === 'array') return isAssociative(schema) ? 'list' : 'atomic';
  if (schema?.type === 'object') return isAtomicMap(schema) ? 'atomic' : 'map';
  return 'scalar';
}

function isAtomicMap(schema: StructuralSchema | undefined): boolean {
  return schema?.['x-kubernetes-map-type'] === 'atomic';
}

/** Whether a list is owned item by item: list type `set` or `map`, or a built-in's patch strategy `merge`. */
export function isAssociative(schema: StructuralSchema | undefined): boolean {
  const type = schema?.['x-kubernetes-list-type'];
  if (type !== undefined) return type !== 'atomic';
  return schema?.['x-kubernetes-patch-strategy']?.startsWith('merge') === true && schema.type === 'array';
}

/** The fields that identify an item of a keyed list; undefined for a set. */
export function listKeys(schema: StructuralSchema): readonly string[] | undefined {
  if (schema['x-kubernetes-list-type'] === 'map') return schema['x-kubernetes-list-map-keys'] ?? [];
  if (schema['x-kubernetes-list-type'] === 'set') return undefined;
  const key = schema['x-kubernetes-patch-merge-key'];
  return key === undefined ? undefined : [key];
}

/**
 * The path element of a list item: `v:...` in a set, `k:{...}` in a keyed list, where a missing key takes the
 * schema's default. Undefined when the item can't be addressed (not an object, or no key at all).
 */
export function itemElement(list: StructuralSchema, item: Json): string | undefined {
  const keys = listKeys(list);
  if (keys === undefined) {
    return typeof item === 'object' ? undefined : `v:${JSON.stringify(item)}`;
  }
  if (!isJsonObject(item)) return undefined;
  const found = keys.flatMap((key): [string, Json][] => {
    const value = Object.hasOwn(item, key) ? item[key] : list.items?.properties?.[key]?.default;
    return value === undefined ? [] : [[key, value]];
  });
  if (found.length === 0) return undefined;
  return `k:${JSON.stringify(Object.fromEntries(found.toSorted(([a], [b]) => (a < b ? -1 : 1))))}`;
}

/** Whether the schema names the field itself, rather than through `additionalProperties`. */
export function isDeclaredField(schema: StructuralSchema | undefined, key: string): boolean {
  return schema?.properties !== undefined && Object.hasOwn(schema.properties, key);
}

/** A map's entries without undefined ones. */
export function entriesOf(object: JsonObject): readonly [string, Json][] {
  return Object.entries(object).filter((entry): entry is [string, Json] => entry[1] !== undefined);
}
