import {
  isJsonObject,
  propertySchema,
  type Json,
  type JsonObject,
  type StructuralSchema,
} from '../schema/structural-schema.ts';
import { fieldType, itemElement } from './field-type.ts';
import type { Managers } from './managed-fields.ts';
import type { VersionView } from './version-view.ts';

/**
 * Whether entries of other versions can't be judged, as they are judged by converted objects, and one with duplicates
 * can't be converted.
 */
export function isInconvertible(
  {
    schema,
    apiVersion,
    inVersion,
  }: {
    readonly schema: StructuralSchema | undefined;
    readonly apiVersion: string;
    readonly inVersion?: VersionView | undefined;
  },
  managers: Managers,
  objects: readonly JsonObject[],
): boolean {
  const others = new Set([...managers.values()].map((entry) => entry.apiVersion).filter((each) => each !== apiVersion));
  if (others.size === 0) return false;
  if (objects.some((object) => hasDuplicates(schema, object))) return true;
  return (
    inVersion !== undefined &&
    [...others].some((other) => objects.some((object) => hasNoForm(inVersion(other, object))))
  );
}

function hasNoForm(shown: ReturnType<VersionView>): boolean {
  return shown === 'inconvertible' || (shown !== 'gone' && hasDuplicates(shown.schema, shown.object));
}

/** Whether a set or keyed list in a value names an item twice: such an object can be stored, but not converted. */
function hasDuplicates(schema: StructuralSchema | undefined, value: Json | undefined): boolean {
  if (schema === undefined || value === undefined) return false;
  if (Array.isArray(value)) return isRepeating(schema, value as readonly Json[]);
  if (!isJsonObject(value) || fieldType(schema, value) !== 'map') return false;
  return Object.entries(value).some(([key, child]) => hasDuplicates(propertySchema(schema, key), child));
}

function isRepeating(schema: StructuralSchema, list: readonly Json[]): boolean {
  if (fieldType(schema, list) !== 'list') return false;
  const elements = list.flatMap((item) => itemElement(schema, item) ?? []);
  return new Set(elements).size < elements.length || list.some((item) => hasDuplicates(schema.items, item));
}
