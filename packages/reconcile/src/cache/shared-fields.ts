import { deepFreeze, type JsonObject } from '../object/json.ts';

/** Objects that one program writes own the same fields: many objects, few sets. */
const maxKept = 1000;

/**
 * Lets equal FieldsV1 be one object: less memory for each cached object, and what was worked out about a set of fields is
 * known for all that have it. The oldest go first, which costs no more than having them twice.
 */
export function sharedFields(): (fieldsV1: JsonObject) => JsonObject {
  const kept = new Map<string, JsonObject>();
  return (fieldsV1) => {
    const text = JSON.stringify(fieldsV1);
    const known = kept.get(text);
    if (known !== undefined) return known;
    const oldest = kept.size < maxKept ? undefined : kept.keys().next().value;
    if (oldest !== undefined) kept.delete(oldest);
    kept.set(text, deepFreeze(fieldsV1));
    return fieldsV1;
  };
}
