import type { JsonObject as SchemaObject } from '../../schema/structural-schema.ts';
import type { ApiObject, JsonObject } from './api-object.ts';

/** An object as schema and patch functions take it. Every stored value came from JSON text, so the types agree. */
export function asJson(object: JsonObject): SchemaObject {
  return object as SchemaObject;
}

/** What a schema or patch function gave back, as an API object. Its apiVersion, kind and metadata were there before. */
export function asApiObject(object: SchemaObject): ApiObject {
  return object as unknown as ApiObject;
}
