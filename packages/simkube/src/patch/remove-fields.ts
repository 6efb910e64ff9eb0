import {
  isJsonObject,
  propertySchema,
  type Json,
  type JsonObject,
  type StructuralSchema,
} from '../schema/structural-schema.ts';
import { isEmptyFieldSet, type FieldSet } from './field-set.ts';
import { entriesOf, fieldType, itemElement } from './field-type.ts';

/**
 * Removes fields and list items from a value. Atomic values below an addressed path go as a whole; a map or list
 * that loses its last entry goes too (undefined; null inside a map), as in structured-merge-diff.
 */
export function removeFields(schema: StructuralSchema | undefined, value: Json, fields: FieldSet): Json | undefined {
  if (isEmptyFieldSet(fields)) return value;
  switch (fieldType(schema, value)) {
    case 'map':
      return isJsonObject(value) ? removeFromMap(schema, value, fields) : undefined;
    case 'list':
      return Array.isArray(value) && schema !== undefined
        ? removeFromList(schema, value as readonly Json[], fields)
        : undefined;
    case 'atomic':
      return undefined;
    case 'scalar':
      return value;
  }
}

function removeFromMap(
  schema: StructuralSchema | undefined,
  map: JsonObject,
  fields: FieldSet,
): JsonObject | undefined {
  const kept = entriesOf(map).flatMap(([key, value]): [string, Json][] => {
    const below = fields.children.get(`f:${key}`);
    if (below === undefined) return [[key, value]];
    if (below.member) return [];
    // An emptied child stays as null: whoever owns the child itself goes on owning it.
    return [[key, removeFields(propertySchema(schema, key), value, below) ?? null]];
  });
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

function removeFromList(
  schema: StructuralSchema,
  list: readonly Json[],
  fields: FieldSet,
): readonly Json[] | undefined {
  const kept = list.flatMap((item): Json[] => {
    const element = itemElement(schema, item);
    const below = element === undefined ? undefined : fields.children.get(element);
    if (below === undefined) return [item];
    if (below.member) return [];
    const rest = removeFields(schema.items, item, below);
    return rest === undefined ? [] : [rest];
  });
  return kept.length === 0 ? undefined : kept;
}
