import { propertySchema, type StructuralSchema } from '../../schema/structural-schema.ts';
import { isJsonObject, type JsonObject } from '../object/api-object.ts';

/**
 * Drops null fields, as decoding into a Go struct does; nulls in lists stay, and in a map of strings null is an empty
 * one. The same reference when there are none.
 */
export function dropNulls(value: unknown, schema?: StructuralSchema): unknown {
  if (Array.isArray(value)) {
    const next = value.map((item) => dropNulls(item, schema?.items));
    return next.every((item, at) => item === value[at]) ? value : next;
  }
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value);
  const kept = entries.flatMap(([key, child]): [string, unknown][] => {
    if (child !== null) return [[key, dropNulls(child, propertySchema(schema, key))]];
    return isMapOfStrings(schema) ? [[key, '']] : [];
  });
  const isSame = kept.length === entries.length && kept.every(([key, child]) => child === value[key]);
  return isSame ? value : Object.fromEntries(kept);
}

function isMapOfStrings(schema: StructuralSchema | undefined): boolean {
  const of = schema?.additionalProperties;
  return typeof of === 'object' && of.type === 'string' && of.format === undefined;
}

/**
 * Drops the nulls of a custom resource that its schema neither allows nor replaces by a default: the API server takes
 * such a field for absent. The same reference when there are none.
 */
export function dropForbiddenNulls(schema: StructuralSchema, object: JsonObject): JsonObject {
  let isChanged = false;
  const kept = Object.entries(object).flatMap(([key, value]): [string, unknown][] => {
    const child = propertySchema(schema, key);
    if (child === undefined) return [[key, value]];
    const next = value === null ? keptNull(child) : descend(child, value);
    isChanged ||= next !== value;
    return next === undefined ? [] : [[key, next]];
  });
  return isChanged ? Object.fromEntries(kept) : object;
}

function keptNull(schema: StructuralSchema): null | undefined {
  return schema.nullable === true || schema.default !== undefined ? null : undefined;
}

function descend(schema: StructuralSchema, value: unknown): unknown {
  const { items } = schema;
  if (isJsonObject(value)) return dropForbiddenNulls(schema, value);
  if (!Array.isArray(value) || items === undefined) return value;
  const next = value.map((item: unknown) => (isJsonObject(item) ? dropForbiddenNulls(items, item) : item));
  return next.every((item, at) => item === value[at]) ? value : next;
}
