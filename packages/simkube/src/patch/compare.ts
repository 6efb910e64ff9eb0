import {
  isJsonObject,
  propertySchema,
  type Json,
  type JsonObject,
  type StructuralSchema,
} from '../schema/structural-schema.ts';
import { emptyFieldSet, fieldSet, isEmptyFieldSet, leafField, type FieldSet } from './field-set.ts';
import { entriesOf, fieldType, itemElement } from './field-type.ts';

/** How two values differ, field by field. */
export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

const same: Comparison = { added: emptyFieldSet, modified: emptyFieldSet, removed: emptyFieldSet };
const addedLeaf: Comparison = { ...same, added: leafField };
const modifiedLeaf: Comparison = { ...same, modified: leafField };
const removedLeaf: Comparison = { ...same, removed: leafField };

/** Whether two JSON values are equal; the order of object keys does not matter. */
export function jsonEqual(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) {
    const [left, right] = [a as readonly Json[], b as readonly Json[]];
    return (
      Array.isArray(b) && left.length === right.length && left.every((item, index) => jsonEqual(item, right[index]))
    );
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const entries = entriesOf(a);
  return (
    entries.length === entriesOf(b).length &&
    entries.every(([key, value]) => Object.hasOwn(b, key) && jsonEqual(value, b[key]))
  );
}

/** Compares two objects of one schema; a whole value that comes or goes counts itself and everything below it. */
export function compareTyped(
  schema: StructuralSchema | undefined,
  before: Json | undefined,
  after: Json | undefined,
): Comparison {
  if (before === after) return same;
  if (before === undefined && after === undefined) return same;
  const result = compareContents(schema, before, after);
  if (before === undefined) return { ...result, added: fieldSet(true, result.added.children) };
  if (after === undefined) return { ...result, removed: fieldSet(true, result.removed.children) };
  return result;
}

function compareContents(
  schema: StructuralSchema | undefined,
  before: Json | undefined,
  after: Json | undefined,
): Comparison {
  return isOfOtherType(schema, before, after)
    ? compareForms(schema, before, after)
    : compareAlike(schema, before, after);
}

function compareAlike(
  schema: StructuralSchema | undefined,
  before: Json | undefined,
  after: Json | undefined,
): Comparison {
  const type = fieldType(schema, after ?? before);
  const bothEmpty = isEmptyValue(before) && isEmptyValue(after);
  if (type === 'map' && !bothEmpty && mapOrNothing(before) && mapOrNothing(after)) {
    return compareMaps(schema, asMap(before), asMap(after));
  }
  if (type === 'list' && schema !== undefined && !bothEmpty && listOrNothing(before) && listOrNothing(after)) {
    return compareLists(schema, asList(before), asList(after));
  }
  return compareLeaves(before, after);
}

/** Untyped values may change their form. */
function isOfOtherType(
  schema: StructuralSchema | undefined,
  before: Json | undefined,
  after: Json | undefined,
): boolean {
  if (before === undefined || before === null || after === undefined || after === null) return false;
  return fieldType(schema, before) !== fieldType(schema, after);
}

/** Of a map or list what is in it comes and goes; a change from or to anything else is one of the whole value. */
function compareForms(
  schema: StructuralSchema | undefined,
  before: Json | undefined,
  after: Json | undefined,
): Comparison {
  const isGranular = (value: Json | undefined): boolean => ['map', 'list'].includes(fieldType(schema, value));
  const { removed } = isGranular(before) ? compareContents(schema, before, undefined) : same;
  const { added } = isGranular(after) ? compareContents(schema, undefined, after) : same;
  const modified = isGranular(before) && isGranular(after) ? emptyFieldSet : leafField;
  return { added, modified, removed };
}

function compareLeaves(before: Json | undefined, after: Json | undefined): Comparison {
  if (before === undefined) return addedLeaf;
  if (after === undefined) return removedLeaf;
  return jsonEqual(before, after) ? same : modifiedLeaf;
}

/** Nothing, null, or a list or map without anything in it. */
export function isEmptyValue(value: Json | undefined): boolean {
  if (value === undefined || value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isJsonObject(value) && Object.keys(value).length === 0;
}

function mapOrNothing(value: Json | undefined): boolean {
  return value === undefined || value === null || isJsonObject(value);
}

function listOrNothing(value: Json | undefined): boolean {
  return value === undefined || value === null || Array.isArray(value);
}

function asMap(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function asList(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

interface Gathered {
  readonly added: Map<string, FieldSet>;
  readonly modified: Map<string, FieldSet>;
  readonly removed: Map<string, FieldSet>;
}

function gather(into: Gathered, element: string, comparison: Comparison): void {
  if (!isEmptyFieldSet(comparison.added)) into.added.set(element, comparison.added);
  if (!isEmptyFieldSet(comparison.modified)) into.modified.set(element, comparison.modified);
  if (!isEmptyFieldSet(comparison.removed)) into.removed.set(element, comparison.removed);
}

function comparisonOf(gathered: Gathered): Comparison {
  return {
    added: fieldSet(false, gathered.added),
    modified: fieldSet(false, gathered.modified),
    removed: fieldSet(false, gathered.removed),
  };
}

function compareMaps(schema: StructuralSchema | undefined, before: JsonObject, after: JsonObject): Comparison {
  const gathered: Gathered = { added: new Map(), modified: new Map(), removed: new Map() };
  for (const [key, value] of entriesOf(before)) {
    const next = Object.hasOwn(after, key) ? after[key] : undefined;
    if (next !== value) gather(gathered, `f:${key}`, compareTyped(propertySchema(schema, key), value, next));
  }
  for (const [key, value] of entriesOf(after)) {
    if (Object.hasOwn(before, key) && before[key] !== undefined) continue;
    gather(gathered, `f:${key}`, compareTyped(propertySchema(schema, key), undefined, value));
  }
  return comparisonOf(gathered);
}

function itemsByElement(schema: StructuralSchema, list: readonly Json[]): ReadonlyMap<string, readonly Json[]> {
  const items = new Map<string, readonly Json[]>();
  for (const item of list) {
    const element = itemElement(schema, item);
    if (element !== undefined) items.set(element, [...(items.get(element) ?? []), item]);
  }
  return items;
}

function compareLists(schema: StructuralSchema, before: readonly Json[], after: readonly Json[]): Comparison {
  const gathered: Gathered = { added: new Map(), modified: new Map(), removed: new Map() };
  const [left, right] = [itemsByElement(schema, before), itemsByElement(schema, after)];
  for (const element of new Set([...left.keys(), ...right.keys()])) {
    gather(gathered, element, compareItems(schema.items, left.get(element) ?? [], right.get(element) ?? []));
  }
  return comparisonOf(gathered);
}

/** Duplicates are legal in stored objects: they count as one value that is owned as a whole. */
function compareItems(
  schema: StructuralSchema | undefined,
  before: readonly Json[],
  after: readonly Json[],
): Comparison {
  if (before.length <= 1 && after.length <= 1) return compareTyped(schema, before[0], after[0]);
  if (before.length > 1 && after.length > 1) return jsonEqual(before, after) ? same : modifiedLeaf;
  if (before.length > 1) {
    const rest = after.length === 0 ? same : compareTyped(schema, undefined, after[0]);
    return { ...rest, removed: leafField };
  }
  const rest = before.length === 0 ? same : compareTyped(schema, before[0], undefined);
  return { ...rest, added: leafField };
}
