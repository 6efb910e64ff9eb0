import { isJsonObject, setOwn, type JsonObject } from '../../object/json.ts';

/**
 * A set of field paths: FieldsV1 of `managedFields`, decoded. Every node that is in the map is a step of some path;
 * a node with no children, or with `self`, is itself a member of the set.
 */
export interface FieldSet {
  /** The map, list item or list itself is owned (`.` in FieldsV1). */
  readonly self: boolean;
  /** Members of a map or struct (`f:`). */
  readonly fields: ReadonlyMap<string, FieldSet>;
  /** Items of a list of maps, by the JSON text of their key fields (`k:`). */
  readonly items: ReadonlyMap<string, FieldSet>;
  /** Members of a list that is a set of scalars, by their JSON text (`v:`). */
  readonly values: ReadonlyMap<string, FieldSet>;
}

/** A field set under construction. */
interface Branches {
  readonly fields: Map<string, FieldSet>;
  readonly items: Map<string, FieldSet>;
  readonly values: Map<string, FieldSet>;
}

/** Owns nothing below itself. */
export const leafSet: FieldSet = { self: false, fields: new Map(), items: new Map(), values: new Map() };

/** Whether the node is an end of a path: nothing lies below it. */
export function isLeaf(set: FieldSet): boolean {
  return set.fields.size === 0 && set.items.size === 0 && set.values.size === 0;
}

/** Whether this list merges its items by key or by value; any other list is atomic. */
export function isAssociative(set: FieldSet | undefined): boolean {
  return set !== undefined && (set.items.size > 0 || set.values.size > 0);
}

/**
 * Decodes FieldsV1 (structured-merge-diff's `fieldpath` serialisation). Steps that it does not know are skipped, index
 * steps (`i:`) too: servers do not write them.
 */
export function parseFieldsV1(fieldsV1: JsonObject): FieldSet {
  const branches: Branches = { fields: new Map(), items: new Map(), values: new Map() };
  let self = false;
  for (const [step, below] of Object.entries(fieldsV1)) {
    const child = isJsonObject(below) ? parseFieldsV1(below) : leafSet;
    const kind = step.slice(0, 2);
    if (step === '.') self = true;
    else if (kind === 'f:') branches.fields.set(step.slice(2), child);
    else if (kind === 'k:') branches.items.set(step.slice(2), child);
    else if (kind === 'v:') branches.values.set(step.slice(2), child);
  }
  return { self, ...branches };
}

/** Encodes a field set as FieldsV1. */
export function formatFieldsV1(set: FieldSet): JsonObject {
  const fieldsV1: Record<string, unknown> = {};
  if (set.self) fieldsV1['.'] = {};
  for (const [name, child] of set.fields) setOwn(fieldsV1, `f:${name}`, formatFieldsV1(child));
  for (const [key, child] of set.items) setOwn(fieldsV1, `k:${key}`, formatFieldsV1(child));
  for (const [value, child] of set.values) setOwn(fieldsV1, `v:${value}`, formatFieldsV1(child));
  return fieldsV1;
}

/** Every path of either set. */
export function unionOf(left: FieldSet, right: FieldSet): FieldSet {
  return {
    // A leaf is a member; once it gets children, only `self` says so still.
    self: left.self || right.self || isLeaf(left) !== isLeaf(right),
    fields: unionOfMaps(left.fields, right.fields),
    items: unionOfMaps(left.items, right.items),
    values: unionOfMaps(left.values, right.values),
  };
}

function unionOfMaps(
  left: ReadonlyMap<string, FieldSet>,
  right: ReadonlyMap<string, FieldSet>,
): ReadonlyMap<string, FieldSet> {
  const union = new Map(left);
  for (const [step, set] of right) {
    const other = union.get(step);
    union.set(step, other === undefined ? set : unionOf(other, set));
  }
  return union;
}
