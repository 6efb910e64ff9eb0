/** JSON as it travels in manifests. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** One CEL rule as `x-kubernetes-validations` carries it. */
export interface ValidationRule {
  readonly rule: string;
  readonly message: string;
  /** Relative path of the field that the error names, for example `.image`. */
  readonly fieldPath?: string;
  readonly reason?: 'FieldValueInvalid' | 'FieldValueForbidden' | 'FieldValueRequired' | 'FieldValueDuplicate';
}

/** The part of OpenAPI v3 that a CustomResourceDefinition accepts as a structural schema, as far as we write it. */
export interface StructuralSchema {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  readonly description?: string;
  readonly format?: string;
  readonly nullable?: boolean;
  readonly default?: JsonValue;
  readonly enum?: readonly JsonValue[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly multipleOf?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, StructuralSchema>>;
  readonly additionalProperties?: StructuralSchema;
  readonly items?: StructuralSchema;
  readonly anyOf?: readonly { readonly type: 'integer' | 'string' }[];
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-embedded-resource'?: boolean;
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: 'atomic' | 'granular';
  readonly 'x-kubernetes-validations'?: readonly ValidationRule[];
}

/** A schema that Kubernetes would refuse, or that we cannot carry out. Thrown when the kind is defined. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
  readonly path: string;

  constructor(path: string, problem: string) {
    super(`schema of ${path}: ${problem}`);
    this.path = path;
  }
}

const types = new Set(['object', 'array', 'string', 'integer', 'number', 'boolean']);

/** Keywords that are copied as they are. Those with schemas inside are converted, everything else is refused. */
const plainKeywords = new Set([
  'type',
  'description',
  'format',
  'nullable',
  'default',
  'enum',
  'pattern',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'multipleOf',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
  'required',
  'anyOf',
  'x-kubernetes-int-or-string',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-embedded-resource',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-map-type',
  'x-kubernetes-validations',
]);

/**
 * Turns JSON Schema, as the schema builder makes it, into a structural schema: an enum gets its type. Throws
 * `SchemaError` with the path of whatever a CRD cannot say.
 * Rules: apiextensions.k8s.io/v1 "structural schema" (KEP-1111).
 */
export function toStructuralSchema(node: object, path: string): StructuralSchema {
  const result: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(node)) {
    if (plainKeywords.has(keyword)) result[keyword] = value;
    else Object.assign(result, convertKeyword(keyword, value, path));
  }
  if (result['enum'] !== undefined) result['type'] ??= typeOfEnum(result['enum'], path);
  const schema = result as StructuralSchema;
  checkNode(schema, path);
  return schema;
}

function convertKeyword(keyword: string, value: unknown, path: string): Partial<StructuralSchema> {
  switch (keyword) {
    case 'properties':
      return { properties: convertProperties(value as Record<string, object>, path) };
    case 'items':
      return { items: toStructuralSchema(value as object, `${path}[]`) };
    case 'additionalProperties':
      if (typeof value !== 'object' || value === null)
        throw new SchemaError(path, `additionalProperties must be a schema; unknown fields are pruned anyway`);
      return { additionalProperties: toStructuralSchema(value, `${path}.*`) };
    default:
      throw new SchemaError(path, `a CustomResourceDefinition has no keyword ${JSON.stringify(keyword)}`);
  }
}

function convertProperties(properties: Record<string, object>, path: string): Record<string, StructuralSchema> {
  const converted: [string, StructuralSchema][] = Object.entries(properties).map(([name, property]) => {
    if (name === '' || name === '__proto__')
      throw new SchemaError(path, `a field cannot be named ${JSON.stringify(name)}`);
    return [name, toStructuralSchema(property, `${path}.${name}`)];
  });
  return Object.fromEntries(converted);
}

function typeOfEnum(values: unknown, path: string): StructuralSchema['type'] {
  if (!Array.isArray(values) || values.length === 0) throw new SchemaError(path, 'an enum needs at least one value');
  if (values.every((value) => typeof value === 'string')) return 'string';
  if (values.every((value) => Number.isInteger(value))) return 'integer';
  throw new SchemaError(path, 'the values of an enum must all be strings or all be integers');
}

function checkNode(schema: StructuralSchema, path: string): void {
  const isIntOrString = schema['x-kubernetes-int-or-string'] === true;
  if (schema.type === undefined && !isIntOrString) throw new SchemaError(path, 'a structural schema needs a type');
  if (schema.type !== undefined && !types.has(schema.type))
    throw new SchemaError(path, `a structural schema has no type ${JSON.stringify(schema.type)}`);
  if (schema.anyOf !== undefined && !isIntOrString)
    throw new SchemaError(path, 'anyOf is only possible inside an int-or-string; use an enum or separate fields');
  if (schema.type === 'array' && schema.items === undefined) throw new SchemaError(path, 'an array needs items');
  if (schema.properties !== undefined && schema.additionalProperties !== undefined)
    throw new SchemaError(path, 'an object has either named fields or free keys, not both');
  if (schema.pattern !== undefined) checkPattern(schema.pattern, path);
  checkListType(schema, path);
}

/** The API server matches with RE2, which has neither look-around nor back references. */
function checkPattern(pattern: string, path: string): void {
  if (/\(\?[=!<]|\\[1-9]/u.test(pattern))
    throw new SchemaError(path, `pattern ${pattern} uses look-around or a back reference, which RE2 does not have`);
  try {
    RegExp(pattern, 'u');
  } catch (error) {
    throw new SchemaError(path, `pattern ${pattern} is not a regular expression: ${String(error)}`);
  }
}

function checkListType(schema: StructuralSchema, path: string): void {
  const keys = schema['x-kubernetes-list-map-keys'];
  if ((schema['x-kubernetes-list-type'] === 'map') !== (keys !== undefined && keys.length > 0))
    throw new SchemaError(path, 'listMapKeys belong to listType map, which needs at least one');
  for (const key of keys ?? []) {
    if (!isAlwaysThere(schema.items, key))
      throw new SchemaError(path, `list map key ${key} must be a field of the items, required or with a default`);
  }
}

function isAlwaysThere(items: StructuralSchema | undefined, key: string): boolean {
  const field = items?.properties?.[key];
  return field !== undefined && (items?.required?.includes(key) === true || field.default !== undefined);
}
