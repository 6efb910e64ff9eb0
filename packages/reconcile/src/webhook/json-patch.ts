import { isJsonObject, jsonEqual, ownValue } from '../object/json.ts';

/** One operation of a JSON patch (RFC 6902). */
export type PatchOperation =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

/** What makes `after` of `before`. A list that differs is replaced as a whole; undefined counts as absent. */
export function jsonPatch(before: unknown, after: unknown, path = ''): readonly PatchOperation[] {
  if (jsonEqual(before, after)) return [];
  if (!isJsonObject(before) || !isJsonObject(after)) return [{ op: 'replace', path, value: after }];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key): readonly PatchOperation[] => {
    const at = `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const was = ownValue(before, key);
    const is = ownValue(after, key);
    if (was === undefined) return is === undefined ? [] : [{ op: 'add', path: at, value: is }];
    return is === undefined ? [{ op: 'remove', path: at }] : jsonPatch(was, is, at);
  });
}
