import type { JsonObject } from '../schema/structural-schema.ts';
import { isJsonObject } from '../schema/structural-schema.ts';

/**
 * A set of field paths, as server-side apply keeps one per manager. Keys are path elements in the form of FieldsV1:
 * `f:name` (field), `k:{"name":"x"}` (item of a keyed list), `v:"x"` (item of a set), `i:0` (index). A node is in the
 * set when `member`; nodes that are neither members nor have children do not occur.
 */
export interface FieldSet {
  readonly member: boolean;
  readonly children: ReadonlyMap<string, FieldSet>;
}

const noChildren: ReadonlyMap<string, FieldSet> = new Map();

/** The set without fields. */
export const emptyFieldSet: FieldSet = { member: false, children: noChildren };

/** A single field and nothing below it. */
export const leafField: FieldSet = { member: true, children: noChildren };

/** Whether nothing is in the set. */
export function isEmptyFieldSet(set: FieldSet): boolean {
  return !set.member && set.children.size === 0;
}

/** A node of given parts. */
export function fieldSet(member: boolean, children: ReadonlyMap<string, FieldSet>): FieldSet {
  if (children.size > 0) return { member, children };
  return member ? leafField : emptyFieldSet;
}

/** Fields in either set. */
export function unionOf(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b || isEmptyFieldSet(b)) return a;
  if (isEmptyFieldSet(a)) return b;
  const children = new Map(a.children);
  for (const [element, other] of b.children) {
    const mine = children.get(element);
    children.set(element, mine === undefined ? other : unionOf(mine, other));
  }
  return fieldSet(a.member || b.member, children);
}

/** Fields in both sets. */
export function intersectionOf(a: FieldSet, b: FieldSet): FieldSet {
  const children = new Map<string, FieldSet>();
  for (const [element, mine] of a.children) {
    const other = b.children.get(element);
    if (other === undefined) continue;
    const shared = intersectionOf(mine, other);
    if (!isEmptyFieldSet(shared)) children.set(element, shared);
  }
  return fieldSet(a.member && b.member, children);
}

/** Fields in `a` and not in `b`, field by field: a parent in `b` does not take away its children. */
export function differenceOf(a: FieldSet, b: FieldSet): FieldSet {
  return subtracted(a, b, false);
}

/** Fields in `a` that are neither in `b` nor below a field in `b`. */
export function recursiveDifferenceOf(a: FieldSet, b: FieldSet): FieldSet {
  return subtracted(a, b, true);
}

function subtracted(a: FieldSet, b: FieldSet, recursive: boolean): FieldSet {
  if (isEmptyFieldSet(b)) return a;
  const children = new Map<string, FieldSet>();
  for (const [element, mine] of a.children) {
    const other = b.children.get(element);
    if (other === undefined) {
      children.set(element, mine);
      continue;
    }
    if (recursive && other.member) continue;
    const rest = subtracted(mine, other, recursive);
    if (!isEmptyFieldSet(rest)) children.set(element, rest);
  }
  return fieldSet(a.member && !b.member, children);
}

/** Whether two sets hold the same fields. */
export function sameFieldSet(a: FieldSet, b: FieldSet): boolean {
  if (a === b) return true;
  if (a.member !== b.member || a.children.size !== b.children.size) return false;
  for (const [element, mine] of a.children) {
    const other = b.children.get(element);
    if (other === undefined || !sameFieldSet(mine, other)) return false;
  }
  return true;
}

/** Reads `fieldsV1`. Anything that is not an object holds no fields. */
export function fieldSetFromV1(fields: unknown): FieldSet {
  return isJsonObject(fields) ? fromV1(fields, false) : emptyFieldSet;
}

function fromV1(fields: JsonObject, member: boolean): FieldSet {
  const children = new Map<string, FieldSet>();
  let own = member;
  for (const [element, below] of Object.entries(fields)) {
    if (element === '.') {
      own = true;
      continue;
    }
    // `"f:x": {}` is the field itself; with contents it is a member only where "." says so.
    const child = isJsonObject(below) && Object.keys(below).length > 0 ? fromV1(below, false) : leafField;
    children.set(element, child);
  }
  return fieldSet(own, children);
}

/** Writes `fieldsV1`, elements in the order of kube-apiserver. */
export function fieldSetToV1(set: FieldSet): JsonObject {
  const entries: [string, JsonObject][] = [...set.children]
    .toSorted(([a], [b]) => compareElements(a, b))
    .map(([element, child]) => [
      element,
      child.member && child.children.size > 0 ? { '.': {}, ...fieldSetToV1(child) } : fieldSetToV1(child),
    ]);
  return Object.fromEntries(entries);
}

const elementOrder = 'fkvi';

/** Fields before keys before values before indexes, each by its text. */
export function compareElements(a: string, b: string): number {
  const byType = elementOrder.indexOf(a.charAt(0)) - elementOrder.indexOf(b.charAt(0));
  if (byType !== 0) return byType;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Every field as the path that a conflict names, for instance `.spec.template.spec.containers[name="app"].image`. */
export function fieldPaths(set: FieldSet): readonly string[] {
  const paths: string[] = [];
  collectPaths(set, '', paths);
  return paths;
}

function collectPaths(set: FieldSet, prefix: string, paths: string[]): void {
  const elements = [...set.children].toSorted(([a], [b]) => compareElements(a, b));
  for (const [element, child] of elements) if (child.member) paths.push(prefix + elementText(element));
  for (const [element, child] of elements) collectPaths(child, prefix + elementText(element), paths);
}

function elementText(element: string): string {
  const text = element.slice(2);
  if (element.startsWith('f:')) return `.${text}`;
  if (element.startsWith('i:')) return `[${text}]`;
  if (element.startsWith('v:')) return `[=${text}]`;
  const key: unknown = JSON.parse(text);
  if (!isJsonObject(key)) return `[${text}]`;
  const parts = Object.entries(key).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `[${parts.join(',')}]`;
}
