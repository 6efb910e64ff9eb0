import type { Json, JsonObject, StructuralSchema } from './structural-schema.ts';

/**
 * A built-in object as Go writes one without content: embedded structs as `{}`, what is
 * never omitted with its zero. Field ownership starts from it, so nobody owns `spec` itself. A custom resource starts from `{}`.
 */
export function zeroObject(schema: StructuralSchema): JsonObject {
  const entries = Object.entries(schema.properties ?? {}).flatMap(([key, property]): [string, Json][] => {
    if (isEmptyStruct(property)) return [[key, zeroObject(property)]];
    return isZero(property.default) ? [[key, property.default]] : [];
  });
  return Object.fromEntries(entries);
}

/** The zero of a Go type, which built-in schemas have as default where it is never left out. */
function isZero(value: Json | undefined): value is Json {
  return value === null || value === '' || value === 0 || value === false;
}

function isEmptyStruct({ default: value }: StructuralSchema): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
