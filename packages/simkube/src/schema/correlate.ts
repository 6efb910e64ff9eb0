import { itemElement } from '../patch/field-type.ts';
import { isJsonObject, type Json, type StructuralSchema } from './structural-schema.ts';

/**
 * The old value that belongs to a new one across an update: fields and map entries by name, items of keyed lists by
 * their keys; items of sets and atomic lists have none (KEP-2876, KEP-4008).
 */
export interface Correlated {
  readonly value: Json;
}

/** The old value of a named field or map entry. */
export function correlatedField(old: Correlated | undefined, key: string): Correlated | undefined {
  if (old === undefined || !isJsonObject(old.value) || !Object.hasOwn(old.value, key)) return undefined;
  const value = old.value[key];
  return value === undefined ? undefined : { value };
}

/** The old value of a list item. */
export function correlatedItem(
  old: Correlated | undefined,
  list: StructuralSchema,
  item: Json,
): Correlated | undefined {
  if (old === undefined || !Array.isArray(old.value) || list['x-kubernetes-list-type'] !== 'map') return undefined;
  const element = itemElement(list, item);
  const value = (old.value as readonly Json[]).find((candidate) => itemElement(list, candidate) === element);
  return value === undefined || element === undefined ? undefined : { value };
}
