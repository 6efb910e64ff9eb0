import { propertySchema, type StructuralSchema } from '../../schema/structural-schema.ts';
import { isJsonObject, type JsonObject } from '../object/api-object.ts';

/**
 * Drops empty maps and lists that Go leaves out of a built-in object (`omitempty`): an applied `annotations: {}` is
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
      child !== undefined && isEmptyCollection(child, value) && !required.has(key) && isField(schema, key);
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

function isEmptyCollection(schema: StructuralSchema, value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
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
