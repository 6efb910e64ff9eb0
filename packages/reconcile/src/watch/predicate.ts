import type { ObjectChange } from '../cache/cache.ts';
import type { KubernetesObject } from '../object/object.ts';

/** Decides whether a change is worth a reconcile. It sees every change, also the first list's additions. */
export type Predicate<T extends KubernetesObject> = (change: ObjectChange<T>) => boolean;

/** Passes updates of the spec, and every addition and deletion. Kinds without a generation always pass. */
export const generationChanged: Predicate<KubernetesObject> = (change) =>
  change.type !== 'updated' ||
  change.object.metadata.generation === undefined ||
  change.object.metadata.generation !== change.previous.metadata.generation;

/** Passes updates of labels, and every addition and deletion. */
export const labelsChanged: Predicate<KubernetesObject> = (change) =>
  change.type !== 'updated' || !isSameMap(change.object.metadata.labels, change.previous.metadata.labels);

/** Passes updates of annotations, and every addition and deletion. */
export const annotationsChanged: Predicate<KubernetesObject> = (change) =>
  change.type !== 'updated' || !isSameMap(change.object.metadata.annotations, change.previous.metadata.annotations);

/** Passes updates that are no resync, and every addition and deletion. */
export const resourceVersionChanged: Predicate<KubernetesObject> = (change) =>
  change.type !== 'updated' || change.object.metadata.resourceVersion !== change.previous.metadata.resourceVersion;

/** Passes what all of them pass; without any, everything. */
export function and<T extends KubernetesObject>(...predicates: readonly Predicate<T>[]): Predicate<T> {
  return (change) => predicates.every((predicate) => predicate(change));
}

/** Passes what any of them passes; without any, nothing. */
export function or<T extends KubernetesObject>(...predicates: readonly Predicate<T>[]): Predicate<T> {
  return (change) => predicates.some((predicate) => predicate(change));
}

/** Passes what it does not. */
export function not<T extends KubernetesObject>(predicate: Predicate<T>): Predicate<T> {
  return (change) => !predicate(change);
}

type TextMap = Readonly<Record<string, string>> | undefined;

function isSameMap(a: TextMap, b: TextMap): boolean {
  if (a === b) return true;
  const entries = Object.entries(a ?? {});
  return (
    entries.length === Object.keys(b ?? {}).length &&
    entries.every(([key, value]) => b !== undefined && Object.hasOwn(b, key) && b[key] === value)
  );
}
