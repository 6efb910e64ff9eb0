import { propertySchema, type StructuralSchema } from '../../schema/structural-schema.ts';
import { isJsonObject, type JsonObject } from '../object/api-object.ts';

/**
 * Drops empty maps and lists, and zero values, that Go leaves out of a built-in object (`omitempty`): an applied `annotations: {}` is
 * never stored. Structs stay, however empty, and so does what the schema requires. The same reference when nothing
 * is dropped.
 */
export function dropEmpty(schema: StructuralSchema, object: JsonObject): JsonObject {
  const required = new Set(schema.required);
  let isChanged = false;
  const kept: [string, unknown][] = [];
  for (const [key, value] of Object.entries(object)) {
    const child = propertySchema(schema, key);
    const isDropped =
      child !== undefined &&
      isEmpty(child, value) &&
      !required.has(key) &&
      child.default === undefined &&
      isField(schema, key);
    const next = child === undefined || isDropped ? value : descend(child, value);
    if (!isDropped) kept.push([key, next]);
    isChanged ||= isDropped || next !== value;
  }
  return isChanged ? Object.fromEntries(kept) : object;
}

/** Entries of a map are data: only declared fields have `omitempty`. */
function isField(schema: StructuralSchema, key: string): boolean {
  return schema.properties !== undefined && Object.hasOwn(schema.properties, key);
}

function isEmpty(schema: StructuralSchema, value: unknown): boolean {
  if (schema['x-go-omitempty'] === true) return value === '' || value === 0 || value === false;
  // What may be any JSON, such as a default in a definition, is data.
  if (Array.isArray(value)) return schema.items !== undefined && value.length === 0;
  return isJsonObject(value) && typeof schema.additionalProperties === 'object' && Object.keys(value).length === 0;
}

function descend(schema: StructuralSchema, value: unknown): unknown {
  const { items } = schema;
  if (Array.isArray(value)) {
    if (items === undefined) return value;
    const next = value.map((item: unknown) => (isJsonObject(item) ? dropEmpty(items, item) : item));
    return next.every((item, at) => item === value[at]) ? value : next;
  }
  return isJsonObject(value) ? dropEmpty(schema, value) : value;
}

/**
 * A built-in object as it comes back from the store: what Go leaves out when it is empty is gone, and an empty list or
 * map that is never left out is null. The same reference when nothing changes.
 */
export function storedForm(schema: StructuralSchema, object: JsonObject): JsonObject {
  return nulled(schema, dropEmpty(schema, object)) as JsonObject;
}

function nulled(schema: StructuralSchema, value: unknown): unknown {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items === undefined) return value;
    const next = value.map((item: unknown) => nulled(items, item));
    return next.every((item, at) => item === value[at]) ? value : next;
  }
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).map(([key, child]): [string, unknown] => {
    const property = propertySchema(schema, key);
    if (property === undefined) return [key, child];
    return [key, property.default === null && isEmptyCollection(child) ? null : nulled(property, child)];
  });
  return entries.some(([key, child]) => child !== value[key]) ? Object.fromEntries(entries) : value;
}

function isEmptyCollection(value: unknown): boolean {
  return Array.isArray(value) ? value.length === 0 : isJsonObject(value) && Object.keys(value).length === 0;
}
