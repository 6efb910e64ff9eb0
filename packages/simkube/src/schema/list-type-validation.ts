import { duplicateValue, type FieldError } from './field-error.ts';
import { isJsonObject, type Json, type StructuralSchema } from './structural-schema.ts';

/** Checks that items of lists of type `set` differ, and that items of lists of type `map` differ in their keys. */
export function listTypeErrors(schema: StructuralSchema, value: Json, path = ''): readonly FieldError[] {
  if (Array.isArray(value)) return errorsOfList(schema, value as readonly Json[], path);
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    if (child === undefined) return [];
    const declared =
      schema.properties !== undefined && Object.hasOwn(schema.properties, key) ? schema.properties[key] : undefined;
    if (declared !== undefined) return listTypeErrors(declared, child, path === '' ? key : `${path}.${key}`);
    const rest = schema.additionalProperties;
    return typeof rest === 'object' ? listTypeErrors(rest, child, `${path}[${key}]`) : [];
  });
}

function errorsOfList(schema: StructuralSchema, list: readonly Json[], path: string): readonly FieldError[] {
  const { items } = schema;
  const type = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const errors: FieldError[] = [];
  if (type === 'set' || type === 'map') {
    // A value that stands three times is reported once.
    const seen = new Map<string, number>();
    for (const [index, item] of list.entries()) {
      const key = type === 'set' ? item : keyOf(item, keys);
      const text = JSON.stringify(key);
      const count = seen.get(text) ?? 0;
      if (count === 1) errors.push(duplicateValue(`${path}[${index}]`, key));
      seen.set(text, count + 1);
    }
  }
  if (items === undefined) return errors;
  return [...errors, ...list.flatMap((item, index) => listTypeErrors(items, item, `${path}[${index}]`))];
}

function keyOf(item: Json, keys: readonly string[]): Json {
  if (!isJsonObject(item)) return item;
  return Object.fromEntries(keys.flatMap((key) => (Object.hasOwn(item, key) ? [[key, item[key]]] : [])));
}
