import { isJsonObject, type Json, type JsonObject } from '../schema/structural-schema.ts';
import { jsonEqual } from './compare.ts';

/** What a patch came to. `Invalid` is HTTP 422, `BadRequest` HTTP 400. */
export type PatchOutcome =
  | { readonly ok: true; readonly object: JsonObject }
  | { readonly ok: false; readonly reason: 'BadRequest' | 'Invalid' | 'InternalError'; readonly message: string };

type Applied = { readonly value: Json | undefined } | { readonly problem: string };

/** Most operations in one patch, as in kube-apiserver. */
const maxOperations = 10_000;

/**
 * Applies a JSON patch (RFC 6902). A missing path and a failed `test` are `Invalid` (kube-apiserver answers 422 for
 * both); a malformed patch is `BadRequest`. The object keeps its references where nothing changed.
 */
export function jsonPatch(object: JsonObject, patch: Json): PatchOutcome {
  if (!Array.isArray(patch)) {
    return bad('json: cannot unmarshal object into Go value of type jsonpatch.Patch');
  }
  if (patch.length > maxOperations) {
    return bad(`The allowed maximum operations in a JSON patch is ${maxOperations}, got ${patch.length}`);
  }
  let value: Json = object;
  for (const operation of patch as readonly Json[]) {
    if (!isJsonObject(operation)) return bad('json: cannot unmarshal value into Go value of type jsonpatch.Operation');
    const applied = applyOperation(value, operation);
    if ('problem' in applied) return { ok: false, reason: 'Invalid', message: applied.problem };
    value = applied.value ?? null;
  }
  return isJsonObject(value) ? { ok: true, object: value } : bad('the patch leaves no object');
}

function bad(message: string): PatchOutcome {
  return { ok: false, reason: 'BadRequest', message };
}

function applyOperation(document: Json, operation: JsonObject): Applied {
  const { op, path, from, value } = operation;
  const name = typeof op === 'string' ? op : 'unknown';
  const at = pointer(path);
  if (at === undefined) return { problem: `${name} operation does not apply: doc is missing path: ${textOf(path)}` };
  switch (op) {
    case 'add':
      return changeAt(document, at, { op: 'add', value: value ?? null });
    case 'remove':
      return changeAt(document, at, { op: 'remove' });
    case 'replace':
      return changeAt(document, at, { op: 'replace', value: value ?? null });
    case 'test':
      return testAt(document, at, { path: textOf(path), value: value ?? null });
    case 'move':
    case 'copy':
      return transfer(document, at, { op, from: pointer(from), fromText: textOf(from) });
    default:
      return { problem: `Unexpected kind: ${name}` };
  }
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

/** RFC 6901. */
function pointer(path: Json | undefined): readonly string[] | undefined {
  if (typeof path !== 'string') return undefined;
  if (path === '') return [];
  if (!path.startsWith('/')) return undefined;
  return path
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function childAt(parent: Json | undefined, key: string): Json | undefined {
  if (Array.isArray(parent)) {
    const index = listIndex(key, parent.length - 1);
    return index === undefined ? undefined : (parent as readonly Json[])[index];
  }
  return isJsonObject(parent) && Object.hasOwn(parent, key) ? parent[key] : undefined;
}

function listIndex(key: string, last: number): number | undefined {
  if (!/^(?:0|[1-9]\d*)$/u.test(key)) return undefined;
  const index = Number(key);
  return index <= last ? index : undefined;
}

function valueAt(document: Json, path: readonly string[]): Json | undefined {
  let value: Json | undefined = document;
  for (const key of path) value = childAt(value, key);
  return value;
}

function testAt(document: Json, path: readonly string[], expected: { path: string; value: Json }): Applied {
  // A missing value equals null, as in kube-apiserver's library.
  const found = valueAt(document, path) ?? null;
  if (jsonEqual(found, expected.value)) return { value: document };
  return { problem: `testing value ${expected.path} failed: test failed` };
}

function transfer(
  document: Json,
  path: readonly string[],
  source: { op: 'move' | 'copy'; from: readonly string[] | undefined; fromText: string },
): Applied {
  const moved = source.from === undefined ? undefined : copied(document, source.from, source.op);
  if (source.from === undefined || moved === undefined) {
    return {
      problem: `${source.op} operation does not apply: doc is missing from path: ${source.fromText}: missing value`,
    };
  }
  if (source.op === 'copy') return changeAt(document, path, { op: 'add', value: moved });
  const removed = changeAt(document, source.from, { op: 'remove' });
  if ('problem' in removed) return removed;
  return changeAt(removed.value ?? null, path, { op: 'add', value: moved });
}

/** A field that is missing from an object that is there is copied as null. */
function copied(document: Json, from: readonly string[], op: 'move' | 'copy'): Json | undefined {
  const found = valueAt(document, from);
  if (found !== undefined || op === 'move') return found;
  return isJsonObject(valueAt(document, from.slice(0, -1))) ? null : undefined;
}

type Change = { readonly op: 'add' | 'replace'; readonly value: Json } | { readonly op: 'remove' };

function changeAt(document: Json, path: readonly string[], change: Change): Applied {
  const [key, ...rest] = path;
  if (key === undefined) return { value: change.op === 'remove' ? undefined : change.value };
  if (rest.length === 0) {
    if (Array.isArray(document)) return changeItem(document as readonly Json[], key, change);
    if (isJsonObject(document)) return changeField(document, key, change);
    return missing(change, path);
  }
  const child = childAt(document, key);
  if (child === undefined) return missing(change, path);
  const below = changeAt(child, rest, change);
  if ('problem' in below) return below;
  if (Array.isArray(document)) return { value: (document as readonly Json[]).with(Number(key), below.value ?? null) };
  return { value: Object.fromEntries([...Object.entries(document as JsonObject), [key, below.value ?? null]]) };
}

function missing(change: Change, path: readonly string[]): Applied {
  return { problem: `${change.op} operation does not apply: doc is missing path: /${path.join('/')}: missing value` };
}

function changeField(object: JsonObject, key: string, change: Change): Applied {
  const exists = Object.hasOwn(object, key);
  // The library of kube-apiserver (evanphx/json-patch v4) replaces what is not there, too.
  if (change.op !== 'remove') {
    return { value: Object.fromEntries([...Object.entries(object), [key, change.value]]) };
  }
  if (!exists) return { problem: `remove operation does not apply: doc is missing key: /${key}: missing value` };
  return { value: Object.fromEntries(Object.entries(object).filter(([name]) => name !== key)) };
}

function changeItem(list: readonly Json[], key: string, change: Change): Applied {
  if (change.op === 'add') {
    const index = key === '-' ? list.length : listIndex(key, list.length);
    if (index === undefined)
      return { problem: `add operation does not apply: doc is missing path: /${key}: invalid index` };
    return { value: list.toSpliced(index, 0, change.value) };
  }
  const index = listIndex(key, list.length - 1);
  if (index === undefined) {
    return { problem: `${change.op} operation does not apply: doc is missing key: /${key}: missing value` };
  }
  return { value: change.op === 'remove' ? list.toSpliced(index, 1) : list.with(index, change.value) };
}
