import { isJsonObject, type KubernetesObject } from '@canaryop/reconcile/object';

/** Where in an object a value is. */
export type Path = readonly (string | number)[];

/** What an object is known by, and no drift. */
const identity = /^(apiVersion|kind|metadata\.(name|namespace|ownerReferences).*)$/;

/** Every place of a value that says something. */
export function leavesOf(value: unknown, path: Path = []): readonly Path[] {
  if (identity.test(path.join('.'))) return [];
  const entries: readonly (readonly [string | number, unknown])[] = Array.isArray(value)
    ? value.map((item, index) => [index, item] as const)
    : isJsonObject(value)
      ? Object.entries(value)
      : [];
  if (entries.length > 0) return entries.flatMap(([key, inner]) => leavesOf(inner, [...path, key]));
  return value === undefined || value === null || typeof value === 'object' ? [] : [path];
}

/** The value at a path. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, key) => (inner as Readonly<Record<string | number, unknown>> | undefined)?.[key],
    value,
  );
}

/** The object with another value at a path. */
export function drifted(object: KubernetesObject, path: Path): KubernetesObject {
  const copy = structuredClone(object);
  const parent = valueAt(copy, path.slice(0, -1)) as Record<string | number, unknown>;
  const key = path.at(-1) ?? '';
  parent[key] = another(parent[key]);
  return copy;
}

function another(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  return `${String(value)}-by-hand`;
}
