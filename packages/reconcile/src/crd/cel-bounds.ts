import { SchemaError, type StructuralSchema } from './structural-schema.ts';

/** Formats whose longest value the API server knows by itself. */
const boundedFormats = new Set(['date', 'date-time', 'duration']);

/**
 * Checks that everything a CEL rule can look at has a size limit. Without one the API server assumes the largest
 * request there is, and refuses the whole CRD when a rule's estimated cost passes its budget (KEP-2876).
 * Throws `SchemaError` with the path of the first value that has none.
 */
export function checkCelBounds(schema: StructuralSchema, path: string, isUnderRule = false): void {
  const isChecked = isUnderRule || (schema['x-kubernetes-validations'] ?? []).length > 0;
  if (isChecked) checkNode(schema, path);
  for (const [name, property] of Object.entries(schema.properties ?? {}))
    checkCelBounds(property, `${path}.${name}`, isChecked);
  if (schema.items !== undefined) checkCelBounds(schema.items, `${path}[]`, isChecked);
  if (schema.additionalProperties !== undefined) checkCelBounds(schema.additionalProperties, `${path}.*`, isChecked);
}

function checkNode(schema: StructuralSchema, path: string): void {
  const missing = missingBound(schema);
  if (missing !== undefined)
    throw new SchemaError(path, `needs ${missing}, because a CEL rule covers it and its cost follows from that`);
}

function missingBound(schema: StructuralSchema): string | undefined {
  if (schema.items !== undefined && schema.maxItems === undefined) return 'maxItems';
  if (schema.additionalProperties !== undefined && schema.maxProperties === undefined) return 'maxProperties';
  const isText = schema.type === 'string' || schema['x-kubernetes-int-or-string'] === true;
  const isBounded =
    schema.enum !== undefined || schema.maxLength !== undefined || boundedFormats.has(schema.format ?? '');
  return isText && !isBounded ? 'maxLength' : undefined;
}
