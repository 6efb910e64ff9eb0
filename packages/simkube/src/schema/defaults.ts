import { isJsonObject, type Json, type JsonObject, type StructuralSchema } from './structural-schema.ts';

/**
 * Fills in a structural schema's defaults as the API server does on write and on read: a missing field gets the
 * default of its own schema, and defaulting goes on inside it; a null is replaced when the schema has a default and
 * is not nullable. An absent parent without a default stays absent. Gives the same reference when nothing changed.
 */
export function applyDefaults(schema: StructuralSchema, object: JsonObject): JsonObject {
  return defaultedObject(schema, object);
}

function defaulted(schema: StructuralSchema, value: Json): Json {
  if (Array.isArray(value)) return defaultedArray(schema, value as readonly Json[]);
  return isJsonObject(value) ? defaultedObject(schema, value) : value;
}

function defaultedArray(schema: StructuralSchema, list: readonly Json[]): Json {
  const { items } = schema;
  if (items === undefined) return list;
  const result = list.map((item) => defaulted(items, replacesNull(items, item) ? (items.default ?? null) : item));
  return result.some((item, index) => item !== list[index]) ? result : list;
}

function defaultedObject(schema: StructuralSchema, object: JsonObject): JsonObject {
  const changes: [string, Json | undefined][] = [];
  for (const [key, property] of Object.entries(schema.properties ?? {})) {
    const value = Object.hasOwn(object, key) ? object[key] : undefined;
    const next = nextValue(property, value);
    if (next !== value) changes.push([key, next]);
  }
  const rest = schema.additionalProperties;
  if (typeof rest === 'object') changes.push(...changesOfRest(schema, rest, object));
  return changes.length === 0 ? object : withChanges(object, changes);
}

function nextValue(schema: StructuralSchema, value: Json | undefined): Json | undefined {
  if (value === undefined || replacesNull(schema, value)) {
    return schema.default === undefined ? value : defaulted(schema, schema.default);
  }
  return defaulted(schema, value);
}

function changesOfRest(
  schema: StructuralSchema,
  rest: StructuralSchema,
  object: JsonObject,
): readonly [string, Json | undefined][] {
  return Object.entries(object).flatMap(([key, value]): [string, Json | undefined][] => {
    if (value === undefined || (schema.properties !== undefined && Object.hasOwn(schema.properties, key))) return [];
    const next = nextValue(rest, value);
    return next === value ? [] : [[key, next]];
  });
}

function replacesNull(schema: StructuralSchema, value: Json): boolean {
  return value === null && schema.nullable !== true && schema.default !== undefined;
}

function withChanges(object: JsonObject, changes: readonly [string, Json | undefined][]): JsonObject {
  return Object.fromEntries([...Object.entries(object), ...changes]);
}
