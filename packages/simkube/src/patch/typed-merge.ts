import {
  isJsonObject,
  propertySchema,
  type Json,
  type JsonObject,
  type StructuralSchema,
} from '../schema/structural-schema.ts';
import { isEmptyValue } from './compare.ts';
import { entriesOf, fieldType, itemElement } from './field-type.ts';

/** Lays an applied configuration over the live object: its values win, maps and associative lists merge. */
export function mergeTyped(
  schema: StructuralSchema | undefined,
  live: Json | undefined,
  applied: Json | undefined,
): Json | undefined {
  if (applied === undefined) return live;
  if (live === undefined || live === applied) return applied;
  const type = fieldType(schema, applied);
  if (applied === null) return overlaidByNull(type, live);
  if (type === 'map' && isJsonObject(applied)) return mergeMaps(schema, isJsonObject(live) ? live : {}, applied);
  const isList = type === 'list' && Array.isArray(applied) && Array.isArray(live);
  return isList ? mergeLists(schema, live as readonly Json[], applied as readonly Json[]) : applied;
}

/** Of a map or list with something in it null takes nothing away; of all else it takes the place. */
function overlaidByNull(type: ReturnType<typeof fieldType>, live: Json): Json {
  return (type === 'map' || type === 'list') && !isEmptyValue(live) ? live : null;
}

function mergeMaps(schema: StructuralSchema | undefined, live: JsonObject, applied: JsonObject): JsonObject {
  const entries = entriesOf(live).map(([key, value]): [string, Json] => {
    const next = Object.hasOwn(applied, key) ? applied[key] : undefined;
    return [key, next === undefined ? value : (mergeTyped(propertySchema(schema, key), value, next) as Json)];
  });
  const added = entriesOf(applied).filter(([key]) => !Object.hasOwn(live, key) || live[key] === undefined);
  const changed = added.length > 0 || entries.some(([key, value]) => value !== live[key]);
  return changed ? Object.fromEntries([...entries, ...added]) : live;
}

/**
 * Merges associative lists in the order of structured-merge-diff: shared items stand in the applied order; items that
 * only the live list has stay before the next shared item that followed them.
 */
function mergeLists(schema: StructuralSchema | undefined, live: readonly Json[], applied: readonly Json[]): Json {
  if (schema === undefined || live.length + applied.length === 0) return applied;
  const mine = elementsOf(schema, live);
  const theirs = elementsOf(schema, applied);
  const appliedBy = new Map(theirs.map((item) => [item.element, item.value]));
  const liveBy = new Map<string, Json | undefined>();
  // A duplicated live item is replaced, not merged.
  for (const { element, value } of mine) liveBy.set(element, liveBy.has(element) ? undefined : value);
  const out = mergedOrder(mine, theirs).flatMap((item): Json[] => {
    const own = appliedBy.get(item.element);
    if (own === undefined) return [item.value];
    const value = mergeTyped(schema.items, liveBy.get(item.element), own);
    return value === undefined ? [] : [value];
  });
  return out.length === live.length && out.every((item, index) => item === live[index]) ? live : out;
}

/** The items of both lists in merged order, shared ones once. */
function mergedOrder(live: readonly Item[], applied: readonly Item[]): readonly Item[] {
  const isApplied = new Set(applied.map(({ element }) => element));
  const isLive = new Set(live.map(({ element }) => element));
  const shared = applied.filter(({ element }) => isLive.has(element));
  const placed = new Set<string>();
  const out: Item[] = [];
  let [left, right, next] = [0, 0, 0];

  const place = (item: Item | undefined): void => {
    if (item === undefined) return;
    out.push(item);
    placed.add(item.element);
    right += 1;
    if (shared[next]?.element === item.element) next += 1;
  };
  while (left < live.length || right < applied.length) {
    const [a, b] = [live[left], applied[right]];
    if (a === undefined) place(b);
    else if (!isApplied.has(a.element)) {
      out.push(a);
      left += 1;
    } else if (b === undefined || a.element === b.element || placed.has(a.element)) {
      left += 1;
      place(b);
    } else if (waits(shared[next], a)) left += 1;
    else place(b);
  }
  return out;
}

/** A shared live item that comes later in the applied list is placed there. */
function waits(nextShared: Item | undefined, item: Item): boolean {
  return nextShared !== undefined && nextShared.element !== item.element;
}

interface Item {
  readonly element: string;
  readonly value: Json;
}

function elementsOf(schema: StructuralSchema, list: readonly Json[]): readonly Item[] {
  return list.flatMap((value): Item[] => {
    const element = itemElement(schema, value);
    return element === undefined ? [] : [{ element, value }];
  });
}
