import { isJsonObject, jsonEqual, ownValue, parseJson, type JsonObject } from '../../object/json.ts';

/** The key fields that an item step (`k:`) names, with their values. */
export function keyFieldsOf(step: string): JsonObject {
  const key = parseJson(step);
  return isJsonObject(key) ? key : {};
}

/**
 * Whether a list item could be the one with these key fields. A key field that the item leaves out fits any value,
 * because the server fills it with a default (a port's `protocol`).
 */
export function fitsKey(item: unknown, key: JsonObject): boolean {
  if (!isJsonObject(item)) return false;
  return Object.entries(key).every(([name, value]) => {
    const own = ownValue(item, name);
    return own === undefined || jsonEqual(own, value);
  });
}

/**
 * Pairs each desired item of a list of maps with the live item of the same key, one to one; items that say more of
 * their key choose first. An item without a partner gets undefined.
 */
export function pairByKey(
  desired: readonly unknown[],
  live: readonly unknown[],
  keyNames: readonly string[],
): readonly (readonly [desired: unknown, live: unknown])[] {
  const keyOf = (item: unknown): JsonObject =>
    Object.fromEntries(
      keyNames.flatMap((name) => {
        const value = isJsonObject(item) ? ownValue(item, name) : undefined;
        return value === undefined ? [] : [[name, value]];
      }),
    );
  const free = new Set(live.filter(isJsonObject));
  const bySpecificity = desired.map((item) => ({ item, key: keyOf(item) }));
  bySpecificity.sort((left, right) => Object.keys(right.key).length - Object.keys(left.key).length);
  return bySpecificity.map(({ item, key }) => {
    const partner = [...free].find((candidate) => fitsKey(candidate, key));
    if (partner !== undefined) free.delete(partner);
    return [item, partner] as const;
  });
}
