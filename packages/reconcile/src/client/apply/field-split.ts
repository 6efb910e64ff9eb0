import { isJsonObject, jsonEqual, ownValue, parseJson } from '../../object/json.ts';
import { isLeaf, leafSet, type FieldSet } from './managed-fields.ts';
import { fitsKey, keyFieldsOf } from './list-items.ts';

/**
 * The paths of `owned` that `value` does not have, or undefined when it has them all. Values do not matter, only that
 * something other than null is there.
 */
export function missingFrom(owned: FieldSet, value: unknown): FieldSet | undefined {
  const missing = {
    self: false,
    fields: missingChildren(owned.fields, (name) => (isJsonObject(value) ? ownValue(value, name) : undefined)),
    items: missingChildren(owned.items, (step) => itemOf(value, (item) => fitsKey(item, keyFieldsOf(step)))),
    values: missingChildren(owned.values, (step) => itemOf(value, (item) => jsonEqual(item, parseJson(step)))),
  };
  return isLeaf(missing) ? undefined : missing;
}

function missingChildren(
  children: ReadonlyMap<string, FieldSet>,
  find: (step: string) => unknown,
): ReadonlyMap<string, FieldSet> {
  return pick(children, (child, step) => {
    const value = find(step);
    return value === undefined || value === null ? child : missingFrom(child, value);
  });
}

function itemOf(value: unknown, fits: (item: unknown) => boolean): unknown {
  return Array.isArray(value) ? value.find(fits) : undefined;
}

/** Maps whose keys are users' data: the server adds none of them by default. */
const freeFormMaps = new Set([
  'annotations',
  'binaryData',
  'data',
  'labels',
  'limits',
  'matchLabels',
  'nodeSelector',
  'requests',
  'stringData',
]);

/**
 * The part of a missing set (from `missingFrom`) that was certainly written by someone: list items found by key or value,
 * lists that `live` shows to have content, and keys of free-form maps. What remains are plain fields, which a server may
 * have filled in by itself.
 */
export function membersOf(missing: FieldSet, live: unknown, name = ''): FieldSet | undefined {
  const members = {
    self: false,
    fields: pick(missing.fields, (child, step) => {
      const value = isJsonObject(live) ? ownValue(live, step) : undefined;
      return freeFormMaps.has(name) || isFilledList(child, value) ? child : membersOf(child, value, step);
    }),
    items: pick(missing.items, (child, step) => {
      const item = itemOf(live, (candidate) => fitsKey(candidate, keyFieldsOf(step)));
      return child.self || isLeaf(child) ? child : membersOf(child, item);
    }),
    values: missing.values,
  };
  return isLeaf(members) ? undefined : members;
}

function isFilledList(set: FieldSet, value: unknown): boolean {
  return isLeaf(set) && Array.isArray(value) && value.length > 0;
}

function pick(
  children: ReadonlyMap<string, FieldSet>,
  choose: (child: FieldSet, step: string) => FieldSet | undefined,
): ReadonlyMap<string, FieldSet> {
  const picked = new Map<string, FieldSet>();
  for (const [step, child] of children) {
    const chosen = choose(child, step);
    if (chosen !== undefined) picked.set(step, chosen);
  }
  return picked;
}

/** The set without one field and what lies below it; undefined when nothing remains. */
export function withoutField(set: FieldSet, path: readonly string[]): FieldSet | undefined {
  const [step, ...rest] = path;
  const child = step === undefined ? undefined : set.fields.get(step);
  if (step === undefined || child === undefined) return set;
  const fields = new Map(set.fields);
  const below = rest.length === 0 ? undefined : withoutField(child, rest);
  if (below === undefined) fields.delete(step);
  else fields.set(step, below);
  const remaining = { ...set, fields };
  return isLeaf(remaining) && !remaining.self ? undefined : remaining;
}

/** The set of one field alone, if the given set has it. */
export function onlyField(set: FieldSet, path: readonly string[]): FieldSet | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return set;
  const child = set.fields.get(step);
  const below = child === undefined ? undefined : onlyField(child, rest);
  return below === undefined ? undefined : { ...leafSet, fields: new Map([[step, below]]) };
}
