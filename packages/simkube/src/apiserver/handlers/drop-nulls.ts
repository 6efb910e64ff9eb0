import { isJsonObject } from '../object/api-object.ts';

/** Drops null fields, as decoding into a Go struct does; nulls in lists stay. The same reference when there are none. */
export function dropNulls(value: unknown): unknown {
  if (Array.isArray(value)) {
    const next = value.map(dropNulls);
    return next.every((item, at) => item === value[at]) ? value : next;
  }
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value);
  const kept = entries
    .filter(([, child]) => child !== null)
    .map(([key, child]): [string, unknown] => [key, dropNulls(child)]);
  const isSame = kept.length === entries.length && kept.every(([key, child]) => child === value[key]);
  return isSame ? value : Object.fromEntries(kept);
}
