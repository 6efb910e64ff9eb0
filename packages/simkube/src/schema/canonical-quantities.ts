import { quantityTitle } from './openapi-definitions.ts';
import { canonicalQuantity } from './quantity.ts';
import {
  isJsonObject,
  propertySchema,
  type Json,
  type JsonObject,
  type StructuralSchema,
} from './structural-schema.ts';

/**
 * Writes every quantity of a built-in object the way a real server stores it (`0.5` as `500m`, `1024Mi` as `1Gi`),
 * so that what clients read back, and whether a write changes anything, is the same. Gives the same reference when
 * there is nothing to rewrite.
 */
export function withCanonicalQuantities(schema: StructuralSchema, object: JsonObject): JsonObject {
  const result = rewritten(schema, object);
  return isJsonObject(result) ? result : object;
}

function rewritten(schema: StructuralSchema, value: Json): Json {
  if (schema.title === quantityTitle) return canonicalQuantity(value) ?? value;
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items === undefined) return value;
    const list = value as readonly Json[];
    const result = list.map((item) => rewritten(items, item));
    return result.some((item, index) => item !== list[index]) ? result : value;
  }
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).map(([key, child]): [string, Json | undefined] => {
    const property = propertySchema(schema, key);
    return [key, property === undefined || child === undefined ? child : rewritten(property, child)];
  });
  return entries.some(([key, child]) => child !== value[key]) ? Object.fromEntries(entries) : value;
}
