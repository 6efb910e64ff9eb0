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

/** Most nodes have children of one sort at most, and making a map is most of what decoding a node costs. */
const none: ReadonlyMap<string, FieldSet> = new Map();

/** Owns nothing below itself. */
export const leafSet: FieldSet = { self: false, fields: none, items: none, values: none };

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
  const steps = Object.keys(fieldsV1);
  if (steps.length === 0) return leafSet;
  const branches: Partial<Record<'fields' | 'items' | 'values', Map<string, FieldSet>>> = {};
  for (const step of steps) {
    const branch = branchOf[step.slice(0, 2)];
    if (branch === undefined) continue;
    const below = fieldsV1[step];
    const child = isJsonObject(below) ? parseFieldsV1(below) : leafSet;
    (branches[branch] ??= new Map()).set(step.slice(2), child);
  }
  const { fields = none, items = none, values = none } = branches;
  return { self: Object.hasOwn(fieldsV1, '.'), fields, items, values };
}

const branchOf: Readonly<Record<string, 'fields' | 'items' | 'values'>> = {
  'f:': 'fields',
  'k:': 'items',
  'v:': 'values',
};

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
  if (left.size === 0) return right;
  if (right.size === 0) return left;
  const union = new Map(left);
  for (const [step, set] of right) {
    const other = union.get(step);
    union.set(step, other === undefined ? set : unionOf(other, set));
  }
  return union;
}
