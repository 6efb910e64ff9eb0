import { isJsonObject } from './json.ts';
import type { KubernetesObject, ManagedFieldsEntry } from './object.ts';

/** A field of an object, step by step: `['metadata', 'annotations', 'example.com/a']`. List items are no steps. */
export type FieldPath = readonly string[];

/** Who set a field, as that one called itself: the API server checks the name of a field manager with nobody. */
export interface FieldManager {
  readonly name: string;
  readonly operation?: 'Apply' | 'Update';
  /** When this manager changed something of the object last. */
  readonly time?: string;
}

/** Who set a field last; undefined where nobody is known to own it. Of several with one time, any may be meant. */
export function lastManagerOf({ metadata }: KubernetesObject, path: FieldPath): FieldManager | undefined {
  const owners = (metadata.managedFields ?? []).filter((entry) => ownsField(entry, path));
  // Servers write all of them in one form, whose order is that of the times.
  const [last] = owners.toSorted(({ time: one = '' }, { time: other = '' }) =>
    one === other ? 0 : one < other ? 1 : -1,
  );
  if (last?.manager === undefined) return undefined;
  const { manager: name, operation, time } = last;
  return { name, ...(operation === undefined ? {} : { operation }), ...(time === undefined ? {} : { time }) };
}

/** Whether an entry of managedFields has this very field. */
export function ownsField({ fieldsV1 }: ManagedFieldsEntry, path: FieldPath): boolean {
  let node: unknown = fieldsV1;
  for (const step of path) {
    if (!isJsonObject(node) || !Object.hasOwn(node, `f:${step}`)) return false;
    node = node[`f:${step}`];
  }
  return true;
}

/** An entry that has of its fields no more than these; undefined when it has none of them. */
export function entryOfFields(entry: ManagedFieldsEntry, paths: readonly FieldPath[]): ManagedFieldsEntry | undefined {
  const owned = paths.filter((path) => ownsField(entry, path));
  return owned.length === 0 ? undefined : { ...entry, fieldsV1: fieldsOf(owned) };
}

function fieldsOf(paths: readonly FieldPath[]): Readonly<Record<string, unknown>> {
  const steps = new Map<string, FieldPath[]>();
  for (const [first, ...rest] of paths) if (first !== undefined) steps.set(first, [...(steps.get(first) ?? []), rest]);
  return Object.fromEntries([...steps].map(([step, rest]) => [`f:${step}`, fieldsOf(rest)]));
}
