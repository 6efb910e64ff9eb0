import {
  isJsonObject,
  propertySchema,
  type Json,
  type JsonObject,
  type StructuralSchema,
} from '../schema/structural-schema.ts';
import { jsonEqual } from './compare.ts';
import type { PatchOutcome } from './json-patch.ts';

const directive = '$patch';
const retainKeys = '$retainKeys';
const orderPrefix = '$setElementOrder/';
const deletePrefix = '$deleteFromPrimitiveList/';

/** A patch that can't be applied; never leaves this file. */
class BadPatch extends Error {}

/** What kube-apiserver reports as its own failure: lists of maps without their merge key, and unknown directives. */
class Unmergeable extends Error {}

/**
 * Strategic merge patch for built-in kinds: lists merge by `x-kubernetes-patch-merge-key` where the strategy is
 * `merge`, and `$patch`, `$retainKeys`, `$setElementOrder/f` and `$deleteFromPrimitiveList/f` are obeyed. Malformed
 * directives are `BadRequest`.
 */
export function strategicMergePatch(object: JsonObject, patch: Json, schema: StructuralSchema): PatchOutcome {
  if (!isJsonObject(patch))
    return { ok: false, reason: 'BadRequest', message: 'cannot unmarshal the patch into an object' };
  try {
    const merged = mergeMap(object, patch, schema);
    return { ok: true, object: merged ?? {} };
  } catch (error) {
    if (error instanceof BadPatch) return { ok: false, reason: 'BadRequest', message: error.message };
    if (error instanceof Unmergeable) return { ok: false, reason: 'InternalError', message: error.message };
    throw error;
  }
}

/** Undefined when the patch deletes the map. */
function mergeMap(
  original: JsonObject,
  patch: JsonObject,
  schema: StructuralSchema | undefined,
): JsonObject | undefined {
  if (Object.hasOwn(patch, directive)) {
    const { [directive]: what, ...rest } = patch;
    if (what === 'replace') return withoutDirectives(rest) as JsonObject;
    if (what === 'delete') return undefined;
    if (what !== 'merge')
      throw new Unmergeable(
        `Unknown patch type found: ${typeof what === 'string' ? what : JSON.stringify(what ?? null)}`,
      );
    return mergeMap(original, rest, schema);
  }
  const entries = new Map(Object.entries(retained(original, patch)));
  deleteFromPrimitiveLists(entries, patch);
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined || isDirective(key)) continue;
    if (value === null) entries.delete(key);
    else mergeField(entries, { key, value, order: orderOf(patch, key) }, propertySchema(schema, key));
  }
  reorderUntouched(entries, patch, schema);
  return Object.fromEntries(entries);
}

function isDirective(key: string): boolean {
  return key === retainKeys || key.startsWith(deletePrefix) || key.startsWith(orderPrefix);
}

function orderOf(patch: JsonObject, key: string): readonly Json[] | undefined {
  const order = Object.hasOwn(patch, orderPrefix + key) ? patch[orderPrefix + key] : undefined;
  if (order === undefined) return undefined;
  if (!Array.isArray(order)) throw new BadPatch(`The value of ${orderPrefix}${key} must be a list`);
  return order as readonly Json[];
}

function retained(original: JsonObject, patch: JsonObject): JsonObject {
  if (!Object.hasOwn(patch, retainKeys)) return original;
  const keys = patch[retainKeys];
  if (!Array.isArray(keys)) throw new BadPatch(`The value of ${retainKeys} must be a list`);
  const names = new Set(keys as readonly Json[]);
  for (const key of Object.keys(patch)) {
    if (key !== retainKeys && !key.startsWith('$') && patch[key] !== null && !names.has(key)) {
      throw new BadPatch(`${key} is not in ${retainKeys} but is set by the patch`);
    }
  }
  return Object.fromEntries(Object.entries(original).filter(([key]) => names.has(key)));
}

function deleteFromPrimitiveLists(entries: Map<string, Json | undefined>, patch: JsonObject): void {
  for (const [key, values] of Object.entries(patch)) {
    if (!key.startsWith(deletePrefix)) continue;
    if (!Array.isArray(values)) throw new BadPatch(`The value of ${key} must be a list`);
    const field = key.slice(deletePrefix.length);
    const list = entries.get(field);
    if (!Array.isArray(list)) continue;
    const gone = values as readonly Json[];
    entries.set(
      field,
      (list as readonly Json[]).filter((item) => !gone.some((value) => jsonEqual(value, item))),
    );
  }
}

interface PatchField {
  readonly key: string;
  readonly value: Json;
  readonly order: readonly Json[] | undefined;
}

function mergeField(
  entries: Map<string, Json | undefined>,
  field: PatchField,
  schema: StructuralSchema | undefined,
): void {
  const { key, value } = field;
  const before = entries.get(key);
  if (isJsonObject(value)) {
    const merged = mergedMap(before, value, schema);
    if (merged === undefined) entries.delete(key);
    else entries.set(key, merged);
    return;
  }
  if (!Array.isArray(value)) {
    entries.set(key, value);
    return;
  }
  const isMerged = schema?.['x-kubernetes-patch-strategy']?.includes('merge') === true;
  // A list that is not there is taken as it is, keys or not.
  const isTaken = !isMerged || !Array.isArray(before);
  const taken = withoutDirectives(value as readonly Json[]);
  entries.set(key, isTaken ? taken : mergeList(before as readonly Json[], field, schema));
}

function mergedMap(
  before: Json | undefined,
  value: JsonObject,
  schema: StructuralSchema | undefined,
): JsonObject | undefined {
  if (schema?.['x-kubernetes-patch-strategy'] === 'replace') return value;
  if (isJsonObject(before)) return mergeMap(before, value, schema);
  // Directives need something to be about: a map that is not there takes the rest as it is.
  return mergeMap({}, withoutDirective(value), schema);
}

function withoutDirective(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== directive));
}

/** `$setElementOrder` may stand without the list itself: then it only reorders. */
function reorderUntouched(
  entries: Map<string, Json | undefined>,
  patch: JsonObject,
  schema: StructuralSchema | undefined,
): void {
  for (const key of Object.keys(patch)) {
    if (!key.startsWith(orderPrefix)) continue;
    const field = key.slice(orderPrefix.length);
    const list = entries.get(field);
    if (Object.hasOwn(patch, field) || !Array.isArray(list)) continue;
    const fieldSchema = propertySchema(schema, field);
    const server = list as readonly Json[];
    const mergeKey = fieldSchema?.['x-kubernetes-patch-merge-key'];
    entries.set(field, ordered(server, { order: orderOf(patch, field) ?? [], server, mergeKey }));
  }
}

function mergeList(original: readonly Json[], field: PatchField, schema: StructuralSchema): readonly Json[] {
  const patch = field.value as readonly Json[];
  const mergeKey = schema['x-kubernetes-patch-merge-key'];
  const merged =
    mergeKey === undefined
      ? mergePrimitives(original, patch)
      : mergeKeyed(original, patch, { mergeKey, items: schema.items });
  // Without an order of its own a patch has that of its items.
  const named = patch.filter((item) => !isJsonObject(item) || !Object.hasOwn(item, directive));
  return ordered(merged, { order: field.order ?? named, server: original, mergeKey });
}

function mergePrimitives(original: readonly Json[], patch: readonly Json[]): readonly Json[] {
  const merged = [...original];
  for (const item of patch) if (!merged.some((value) => jsonEqual(value, item))) merged.push(item);
  return merged;
}

interface KeyedList {
  readonly mergeKey: string;
  readonly items: StructuralSchema | undefined;
}

function keyOf(item: Json, mergeKey: string): Json {
  const key = isJsonObject(item) && Object.hasOwn(item, mergeKey) ? item[mergeKey] : undefined;
  if (key === undefined)
    throw new Unmergeable(`map: ${JSON.stringify(item)} does not contain declared merge key: ${mergeKey}`);
  return key;
}

function mergeKeyed(original: readonly Json[], patch: readonly Json[], list: KeyedList): readonly Json[] {
  if (
    patch.some((item) => isJsonObject(item) && item[directive] === 'replace' && !Object.hasOwn(item, list.mergeKey))
  ) {
    return patch.filter((item) => !(isJsonObject(item) && Object.hasOwn(item, directive)));
  }
  let merged = [...original];
  for (const item of patch) {
    if (!isJsonObject(item)) throw new BadPatch(`expected a list of maps merged by ${list.mergeKey}`);
    const key = keyOf(item, list.mergeKey);
    const matches = (other: Json): boolean => isJsonObject(other) && jsonEqual(other[list.mergeKey], key);
    if (item[directive] === 'delete') {
      merged = merged.filter((other) => !matches(other));
      continue;
    }
    const index = merged.findIndex(matches);
    const before = merged[index];
    const next = mergeMap(isJsonObject(before) ? before : {}, item, list.items) ?? {};
    if (index === -1) merged.push(next);
    else merged[index] = next;
  }
  return merged;
}

/** What an order is worked out from. */
interface Order {
  /** `$setElementOrder`: keys, or maps with the merge key. */
  readonly order: readonly Json[];
  /** The list before the patch. */
  readonly server: readonly Json[];
  readonly mergeKey: string | undefined;
}

/**
 * Puts the items that the patch names in its order. An item that only the server has goes before the first named item
 * that followed it on the server.
 */
function ordered(list: readonly Json[], { order, server, mergeKey }: Order): readonly Json[] {
  const keyIn = (item: Json): Json => (mergeKey !== undefined && isJsonObject(item) ? (item[mergeKey] ?? null) : item);
  const rankIn = (items: readonly Json[], item: Json): number =>
    items.findIndex((candidate) => jsonEqual(keyIn(candidate), keyIn(item)));
  const byRank =
    (items: readonly Json[]) =>
    (a: Json, b: Json): number =>
      rankIn(items, a) - rankIn(items, b);
  const named = list.filter((item) => rankIn(order, item) >= 0).toSorted(byRank(order));
  const waiting = list.filter((item) => rankIn(order, item) < 0).toSorted(byRank(server));
  const out: Json[] = [];
  for (const item of named) {
    const position = rankIn(server, item);
    const before = waiting.findIndex((other) => rankIn(server, other) >= position);
    out.push(...waiting.splice(0, before === -1 && position >= 0 ? waiting.length : Math.max(0, before)), item);
  }
  return [...out, ...waiting];
}

/** New values may carry directives that only make sense against an original. */
function withoutDirectives(value: Json): Json {
  if (Array.isArray(value)) {
    return (value as readonly Json[])
      .filter((item) => !(isJsonObject(item) && (item[directive] === 'delete' || item[directive] === 'replace')))
      .map(withoutDirectives);
  }
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, child]): [string, Json][] =>
      key === directive ||
      key === retainKeys ||
      key.startsWith(orderPrefix) ||
      key.startsWith(deletePrefix) ||
      child === undefined ||
      child === null
        ? []
        : [[key, withoutDirectives(child)]],
    ),
  );
}
