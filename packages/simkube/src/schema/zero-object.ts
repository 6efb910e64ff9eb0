import type { Json, JsonObject, StructuralSchema } from './structural-schema.ts';

/**
 * A built-in object as Go writes one without content: embedded structs as `{}`, lists and maps that are never
 * omitted as null. Field ownership starts from it, so nobody owns `spec` itself. A custom resource starts from `{}`.
 */
export function zeroObject(schema: StructuralSchema): JsonObject {
  const required = new Set(schema.required);
  const entries = Object.entries(schema.properties ?? {}).flatMap(([key, property]): [string, Json][] => {
    if (isEmptyStruct(property)) return [[key, zeroObject(property)]];
    const isCollection = property.type === 'array' || property.type === 'object';
    return isCollection && required.has(key) ? [[key, null]] : [];
  });
  return Object.fromEntries(entries);
}

function isEmptyStruct({ default: value }: StructuralSchema): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
