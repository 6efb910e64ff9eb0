import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import formatsModule from 'ajv-formats';

import type { FieldError } from '../crd/field-error.ts';
import type { StructuralSchema } from '../crd/structural-schema.ts';

/** Finds what is wrong with a value; an empty list means that it is valid. */
export type Validator = (value: unknown) => readonly FieldError[];

/** Go's time.ParseDuration, which is what the API server means by the format; JSON Schema's is ISO 8601. */
const goDuration = /^[-+]?(0|(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))+$/u;

/** The module is CommonJS: its function is on `default` for the types, and both at run time. */
const addFormats = formatsModule.default;

/**
 * Compiles a structural schema. Keys starting with `x-kubernetes-` say nothing to ajv; list sets and maps are checked
 * here, CEL rules elsewhere. Unknown fields are no error: the API server prunes them.
 */
export function compileValidator(schema: StructuralSchema): Validator {
  return validatorCompiler()(schema);
}

/** Compiles several schemas with one ajv, which is most of the time that a small schema takes. */
export function validatorCompiler(): (schema: StructuralSchema) => Validator {
  const ajv = new Ajv({ allErrors: true, strict: false });
  addFormats(ajv);
  ajv.addFormat('duration', goDuration);
  return (schema) => validatorOf(ajv, schema);
}

function validatorOf(ajv: Ajv, schema: StructuralSchema): Validator {
  const validate: ValidateFunction = ajv.compile(schema);
  return (value) => {
    const isValid = validate(value);
    const errors = isValid ? [] : (validate.errors ?? []).filter(isLeaf).map(fieldError);
    return [...errors, ...listErrors(schema, value, '')];
  };
}

/** Of an int-or-string only the anyOf itself is worth telling. */
function isLeaf(error: ErrorObject): boolean {
  return !error.schemaPath.includes('/anyOf/');
}

function fieldError(error: ErrorObject): FieldError {
  const path = error.instancePath.split('/').slice(1).map(unescapePointer).reduce(appendSegment, '');
  const params = error.params as Readonly<Record<string, unknown>>;
  switch (error.keyword) {
    case 'required':
      return { path: appendSegment(path, String(params['missingProperty'])), message: 'is required' };
    case 'enum':
      return { path, message: `must be one of ${JSON.stringify(params['allowedValues'])}` };
    case 'anyOf':
      return { path, message: 'must be an integer or a string' };
    default:
      return { path, message: error.message ?? `violates ${error.keyword}` };
  }
}

function unescapePointer(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** The path of a field or, for a number, of a list item. */
export function appendSegment(path: string, segment: string): string {
  if (/^\d+$/u.test(segment)) return `${path}[${segment}]`;
  return path === '' ? segment : `${path}.${segment}`;
}

function listErrors(schema: StructuralSchema, value: unknown, path: string): readonly FieldError[] {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items === undefined) return [];
    const inside = value.flatMap((item: unknown, index) => listErrors(items, item, `${path}[${index}]`));
    return [...duplicateErrors(schema, value, path), ...inside];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const own = Object.hasOwn(schema.properties ?? {}, name) ? schema.properties?.[name] : schema.additionalProperties;
    return own === undefined ? [] : listErrors(own, inner, appendSegment(path, name));
  });
}

function duplicateErrors(schema: StructuralSchema, items: readonly unknown[], path: string): readonly FieldError[] {
  const keys = schema['x-kubernetes-list-map-keys'];
  if (keys === undefined && schema['x-kubernetes-list-type'] !== 'set') return [];
  const seen = new Set<string>();
  const errors: FieldError[] = [];
  for (const [index, item] of items.entries()) {
    const identity = identityOf(item, keys);
    if (seen.has(identity)) errors.push({ path: `${path}[${index}]`, message: `duplicates ${identity}` });
    seen.add(identity);
  }
  return errors;
}

/** What tells the items of a list apart: their map keys, or everything. */
export function identityOf(item: unknown, keys: readonly string[] | undefined): string {
  return JSON.stringify(keys === undefined ? item : keys.map((key) => fieldOf(item, key)));
}

function fieldOf(item: unknown, key: string): unknown {
  return typeof item === 'object' && item !== null && Object.hasOwn(item, key)
    ? (item as Record<string, unknown>)[key]
    : null;
}
