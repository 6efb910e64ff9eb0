import {
  isJsonObject,
  propertySchema,
  type Json,
  type JsonObject,
  type StructuralSchema,
} from '../schema/structural-schema.ts';
import { emptyFieldSet, fieldSet, leafField, type FieldSet } from './field-set.ts';
import { entriesOf, fieldType, isDeclaredField, itemElement } from './field-type.ts';

/** The fields that an applied configuration claims. */
export function fieldSetOf(schema: StructuralSchema | undefined, value: Json): FieldSet {
  switch (fieldType(schema, value)) {
    case 'map':
      return isJsonObject(value) ? fieldsOfMap(schema, value) : emptyFieldSet;
    case 'list':
      return Array.isArray(value) && schema !== undefined
        ? fieldsOfList(schema, value as readonly Json[])
        : emptyFieldSet;
    default:
      return leafField;
  }
}

function fieldsOfMap(schema: StructuralSchema | undefined, map: JsonObject): FieldSet {
  const children = new Map<string, FieldSet>();
  for (const [key, value] of entriesOf(map)) {
    const below = fieldSetOf(propertySchema(schema, key), value);
    const empty = value === null || (isJsonObject(value) && Object.keys(value).length === 0);
    const member = below.member || empty || !isDeclaredField(schema, key);
    if (member || below.children.size > 0) children.set(`f:${key}`, fieldSet(member, below.children));
  }
  return fieldSet(false, children);
}

function fieldsOfList(schema: StructuralSchema, list: readonly Json[]): FieldSet {
  const children = new Map<string, FieldSet>();
  for (const item of list) {
    const element = itemElement(schema, item);
    if (element !== undefined) children.set(element, fieldSet(true, fieldSetOf(schema.items, item).children));
  }
  return fieldSet(false, children);
}

/** Adds the declared fields on the way to each field: a set of `a.b.c` also owns `a` when `a` is a named field. */
export function withNamedFields(schema: StructuralSchema | undefined, set: FieldSet): FieldSet {
  if (set.children.size === 0) return set;
  const children = new Map<string, FieldSet>();
  for (const [element, child] of set.children) {
    const named = element.startsWith('f:') && isDeclaredField(schema, element.slice(2));
    const below = withNamedFields(elementSchema(schema, element), child);
    children.set(element, fieldSet(child.member || (named && child.children.size > 0), below.children));
  }
  return fieldSet(set.member, children);
}

/** The schema of what a path element leads to. */
export function elementSchema(schema: StructuralSchema | undefined, element: string): StructuralSchema | undefined {
  return element.startsWith('f:') ? propertySchema(schema, element.slice(2)) : schema?.items;
}
