import { isJsonObject, jsonEqual, ownValue, type JsonObject } from '../../object/json.ts';

/** What the server counts and notes at every write. */
const bookkeeping = new Set(['resourceVersion', 'generation', 'managedFields']);

/** Paths of the leaves that differ, `.data.text`; lists are leaves. What the server does itself at a write is left out. */
export function changedFields(before: object, after: object): readonly string[] {
  return differences(before as JsonObject, after as JsonObject, '');
}

function differences(before: JsonObject, after: JsonObject, path: string): readonly string[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys]
    .filter((key) => path !== '.metadata' || !bookkeeping.has(key))
    .flatMap((key) => {
      const [was, is] = [ownValue(before, key), ownValue(after, key)];
      if (isJsonObject(was) && isJsonObject(is)) return differences(was, is, `${path}.${key}`);
      return jsonEqual(was, is) ? [] : [`${path}.${key}`];
    });
}
