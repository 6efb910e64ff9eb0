import { isJsonObject, jsonEqual, ownValue, type JsonObject } from '../../object/json.ts';
import { isAssociative, isLeaf, type FieldSet } from './managed-fields.ts';
import { keyFieldsOf, pairByKey } from './list-items.ts';

/**
 * How a live object holds what is desired.
 * `exactly`: whatever else is there lies outside of what we own as a whole.
 * `loosely`: a list or map that we own as a whole (atomic) has more fields than desired. They are server defaults, or
 * leftovers of what was desired before; the object alone cannot tell. Also: a desired map or list is empty, and the live
 * object has none, as servers leave out what is empty.
 */
export type Containment = 'not' | 'loosely' | 'exactly';

/** Metadata that a manager may desire; the rest of it belongs to the server. */
const desirableMetadata = ['labels', 'annotations', 'ownerReferences', 'finalizers'] as const;

/**
 * Whether `live` contains `desired`: maps key by key; lists item by item and of equal length, except lists that
 * `owned` shows to be associative, whose items are found by key (or value) and may have foreign company.
 * Status and the server's metadata are not compared.
 *
 * Values are compared as JSON: a quantity or int-or-string that the server rewrites (`1000m` to `1`, `0.5` to `500m`)
 * never matches its own live form. Write such values in canonical form, or each apply is sent and changes nothing.
 */
export function containment(desired: JsonObject, live: JsonObject, owned: FieldSet | undefined): Containment {
  const search = { loose: false };
  for (const [key, value] of Object.entries(desired)) {
    if (value === undefined || value === null || key === 'status') continue;
    const contained =
      key === 'metadata'
        ? containsMetadata(value, live, owned?.fields.get('metadata'), search)
        : contains(value, ownValue(live, key), owned?.fields.get(key), search);
    if (!contained) return 'not';
  }
  return search.loose ? 'loosely' : 'exactly';
}

interface Search {
  loose: boolean;
}

/** Below what is owned as a whole, everything is. */
const atomic = Symbol('atomic');
type Ownership = FieldSet | typeof atomic | undefined;

function containsMetadata(desired: unknown, live: JsonObject, owned: FieldSet | undefined, search: Search): boolean {
  const metadata = ownValue(live, 'metadata');
  if (!isJsonObject(desired) || !isJsonObject(metadata)) return false;
  return desirableMetadata.every((key) => {
    const value = ownValue(desired, key);
    return value === undefined || contains(value, ownValue(metadata, key), owned?.fields.get(key), search);
  });
}

function contains(desired: unknown, live: unknown, owned: Ownership, search: Search): boolean {
  if ((live === undefined || live === null) && isEmpty(desired)) {
    search.loose = true;
    return true;
  }
  if (Array.isArray(desired)) return Array.isArray(live) && containsList(desired, live, owned, search);
  if (isJsonObject(desired)) return isJsonObject(live) && containsMap(desired, live, owned, search);
  return jsonEqual(desired, live);
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function containsMap(desired: JsonObject, live: JsonObject, owned: Ownership, search: Search): boolean {
  const whole = owned === atomic || (owned !== undefined && isLeaf(owned));
  const below = (key: string): Ownership => (whole ? atomic : owned?.fields.get(key));
  const isDesired = (key: string): boolean => {
    const value = ownValue(desired, key);
    return value !== undefined && value !== null;
  };
  if (whole && Object.keys(live).some((key) => !isDesired(key))) search.loose = true;
  return Object.keys(desired).every((key) => {
    if (!isDesired(key)) return true;
    return contains(desired[key], ownValue(live, key), below(key), search);
  });
}

function containsList(
  desired: readonly unknown[],
  live: readonly unknown[],
  owned: Ownership,
  search: Search,
): boolean {
  if (owned === atomic || owned === undefined || !isAssociative(owned)) {
    return (
      desired.length === live.length && desired.every((item, index) => contains(item, live[index], atomic, search))
    );
  }
  if (owned.values.size > 0) return desired.every((item) => live.some((other) => jsonEqual(item, other)));
  return containsItems(desired, live, owned, search);
}

function containsItems(
  desired: readonly unknown[],
  live: readonly unknown[],
  owned: FieldSet,
  search: Search,
): boolean {
  const steps = [...owned.items].map(([step, below]) => ({ key: keyFieldsOf(step), below }));
  const keyNames = Object.keys(steps[0]?.key ?? {});
  return pairByKey(desired, live, keyNames).every(([item, partner]) => {
    if (!isJsonObject(partner)) return false;
    const step = steps.find(({ key }) => keyNames.every((name) => jsonEqual(key[name], ownValue(partner, name))));
    return contains(item, partner, step?.below, search);
  });
}
