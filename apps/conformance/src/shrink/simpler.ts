import { isObject, type Json, type Operation } from '../sequence/operation.ts';

/** The same operation with one thing less, the larger things first. */
export function* simpler(operation: Operation): Generator<Operation> {
  const { query = {}, headers = {}, body, edit, settle } = operation;
  for (const name of Object.keys(query)) if (name !== 'watch') yield { ...operation, query: without(query, name) };
  for (const name of Object.keys(headers)) {
    if (name !== 'content-type') yield { ...operation, headers: without(headers, name) };
  }
  if (settle !== undefined) {
    const { settle: _, ...others } = operation;
    yield others;
  }
  if (edit !== undefined) {
    for (const at of edit.set.keys()) yield { ...operation, edit: { ...edit, set: edit.set.toSpliced(at, 1) } };
  }
  if (body !== undefined) for (const less of smaller(body)) yield { ...operation, body: less };
}

function without<T>(record: Readonly<Record<string, T>>, name: string): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => key !== name));
}

/** Values with one field or item less. What an object says that it is stays. */
function* smaller(value: Json): Generator<Json> {
  if (Array.isArray(value)) {
    const list = value as readonly Json[];
    for (const at of list.keys()) if (list.length > 1) yield list.toSpliced(at, 1);
    for (const [at, item] of list.entries()) for (const less of smaller(item)) yield list.with(at, less);
    return;
  }
  if (!isObject(value)) return;
  for (const key of Object.keys(value)) if (!identity.has(key)) yield without<Json>(value, key);
  for (const [key, child] of Object.entries(value)) for (const less of smaller(child)) yield { ...value, [key]: less };
}

const identity = new Set(['apiVersion', 'kind', 'name']);
