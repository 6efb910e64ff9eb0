import {
  isJsonObject,
  propertySchema,
  type Json,
  type JsonObject,
  type StructuralSchema,
} from '../schema/structural-schema.ts';
import { entriesOf, fieldType, itemElement } from './field-type.ts';

/** Lays an applied configuration over the live object: its values win, maps and associative lists merge. */
export function mergeTyped(
  schema: StructuralSchema | undefined,
  live: Json | undefined,
  applied: Json | undefined,
): Json | undefined {
  if (applied === undefined) return live;
  if (live === undefined || live === applied) return applied;
  switch (fieldType(schema, applied)) {
    case 'map':
      return isJsonObject(applied) && (isJsonObject(live) || live === null)
        ? mergeMaps(schema, live ?? {}, applied)
        : applied;
    case 'list':
      return Array.isArray(applied) && Array.isArray(live) && schema !== undefined && applied.length + live.length > 0
        ? mergeLists(schema, live as readonly Json[], applied as readonly Json[])
        : applied;
    default:
      return applied;
  }
}

function mergeMaps(schema: StructuralSchema | undefined, live: JsonObject, applied: JsonObject): JsonObject {
  const entries = entriesOf(live).map(([key, value]): [string, Json] => {
    const next = Object.hasOwn(applied, key) ? applied[key] : undefined;
    return [key, next === undefined ? value : (mergeTyped(propertySchema(schema, key), value, next) ?? value)];
  });
  const added = entriesOf(applied).filter(([key]) => !Object.hasOwn(live, key) || live[key] === undefined);
  const changed = added.length > 0 || entries.some(([key, value]) => value !== live[key]);
  return changed ? Object.fromEntries([...entries, ...added]) : live;
}

/**
 * Merges associative lists in the order of structured-merge-diff: shared items stand in the applied order; items that
 * only the live list has stay before the next shared item that followed them.
 */
function mergeLists(schema: StructuralSchema, live: readonly Json[], applied: readonly Json[]): Json {
  const mine = elementsOf(schema, live);
  const theirs = elementsOf(schema, applied);
  const appliedBy = new Map(theirs.map((item) => [item.element, item.value]));
  const liveBy = new Map<string, Json | undefined>();
  // A duplicated live item is replaced, not merged.
  for (const { element, value } of mine) liveBy.set(element, liveBy.has(element) ? undefined : value);

  const shared = theirs.filter(({ element }) => liveBy.has(element)).map(({ element }) => element);
  const merged = new Set<string>();
  const out: Json[] = [];
  const take = (element: string): void => {
    merged.add(element);
    const value = mergeTyped(schema.items, liveBy.get(element), appliedBy.get(element));
    if (value !== undefined) out.push(value);
  };

  let [left, right, nextShared] = [0, 0, 0];
  while (left < mine.length || right < theirs.length) {
    const [a, b] = [mine[left], theirs[right]];
    if (a !== undefined && b !== undefined && a.element === b.element) {
      take(a.element);
      [left, right, nextShared] = [left + 1, right + 1, nextShared + 1];
    } else if (
      a !== undefined &&
      b !== undefined &&
      appliedBy.has(a.element) &&
      nextShared < shared.length &&
      shared[nextShared] !== a.element
    ) {
      left += 1;
    } else if (a !== undefined && !appliedBy.has(a.element)) {
      out.push(a.value);
      left += 1;
    } else {
      if (a !== undefined && merged.has(a.element)) left += 1;
      if (b !== undefined) {
        take(b.element);
        right += 1;
        if (shared[nextShared] === b.element) nextShared += 1;
      }
    }
  }
  return out.length === live.length && out.every((item, index) => item === live[index]) ? live : out;
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
