import { compileAnchoredPattern } from '../prometheus/anchored-pattern.ts';
import { applyDefaults } from './defaults.ts';
import { forbiddenValue, invalidValue, requiredValue, unsupportedValue, type FieldError } from './field-error.ts';
import { prune } from './prune.ts';
import { isJsonObject, type StructuralSchema } from './structural-schema.ts';
import { valueCheck } from './value-validation.ts';

type Level = 'root' | 'field' | 'item';

/** What Kubernetes requires of a CRD's schema (KEP-1929, structural schemas), node by node. */
export function structureErrors(schema: StructuralSchema, path: string, level: Level = 'root'): readonly FieldError[] {
  // Where a reference stands nothing else is looked at.
  if (Object.hasOwn(schema, '$ref')) return [forbiddenValue(`${path}.$ref`, '$ref is not supported')];
  return [
    ...typeErrors(schema, path, level),
    ...additionalErrors(schema, path, level),
    ...extensionErrors(schema, path),
    ...listTypeErrors(schema, path),
    ...metadataErrors(schema, path, level),
    ...defaultErrors(schema, path),
    ...compositionErrors(schema, path),
    ...childErrors(schema, path),
  ];
}

function childErrors(schema: StructuralSchema, path: string): readonly FieldError[] {
  const below = Object.entries(schema.properties ?? {}).flatMap(([key, child]) =>
    structureErrors(child, `${path}.properties[${key}]`, 'field'),
  );
  if (schema.items !== undefined) below.push(...structureErrors(schema.items, `${path}.items`, 'item'));
  if (typeof schema.additionalProperties === 'object') {
    below.push(...structureErrors(schema.additionalProperties, `${path}.additionalProperties`, 'field'));
  }
  return below;
}

const types = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const missingType: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  field: 'must not be empty for specified object fields',
  item: 'must not be empty for specified array items',
};

function typeErrors(schema: StructuralSchema, path: string, level: Level): readonly FieldError[] {
  const { type = '' } = schema;
  const at = `${path}.type`;
  if (schema['x-kubernetes-embedded-resource'] === true && type !== 'object') {
    return [wrongType(at, type, 'must be object if x-kubernetes-embedded-resource is true')];
  }
  if (type === '') return mayHaveNoType(schema) ? [] : [requiredValue(at, missingType[level])];
  if (!types.includes(type)) return [unsupportedValue(at, type, types)];
  const errors: FieldError[] = [];
  if (level === 'root' && type !== 'object') errors.push(invalidValue(at, type, 'must be object at the root'));
  if (type === 'array' && schema.items === undefined) errors.push(requiredValue(`${path}.items`, 'must be specified'));
  return errors;
}

function mayHaveNoType(schema: StructuralSchema): boolean {
  return schema['x-kubernetes-int-or-string'] === true || schema['x-kubernetes-preserve-unknown-fields'] === true;
}

/** An absent type is a missing value, another one an invalid one. */
function wrongType(path: string, type: string | undefined, rule: string): FieldError {
  return type === undefined || type === '' ? requiredValue(path, rule) : invalidValue(path, type, rule);
}

function additionalErrors(schema: StructuralSchema, path: string, level: Level): readonly FieldError[] {
  const at = `${path}.additionalProperties`;
  if (schema.additionalProperties === undefined) return [];
  if (level === 'root') return [forbiddenValue(at, 'must not be used at the root')];
  if (schema['x-kubernetes-embedded-resource'] === true) {
    return [forbiddenValue(at, 'must not be used if x-kubernetes-embedded-resource is set')];
  }
  const both = Object.keys(schema.properties ?? {}).length > 0 && schema.additionalProperties !== true;
  return both ? [forbiddenValue(at, 'additionalProperties and properties are mutual exclusive')] : [];
}

function extensionErrors(schema: StructuralSchema, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const preserves = schema['x-kubernetes-preserve-unknown-fields'];
  const embedded = schema['x-kubernetes-embedded-resource'];
  if (schema.uniqueItems === true) {
    const why = 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic';
    errors.push(forbiddenValue(`${path}.uniqueItems`, why));
  }
  if (preserves === false) {
    errors.push(invalidValue(`${path}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined'));
  }
  if (schema['x-kubernetes-int-or-string'] === true) {
    const rule = 'must be false if x-kubernetes-int-or-string is true';
    if (preserves === true) errors.push(invalidValue(`${path}.x-kubernetes-preserve-unknown-fields`, true, rule));
    if (embedded === true) errors.push(invalidValue(`${path}.x-kubernetes-embedded-resource`, true, rule));
  }
  if (embedded === true && preserves !== true && Object.keys(schema.properties ?? {}).length === 0) {
    const rule =
      'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields';
    errors.push(requiredValue(`${path}.properties`, rule));
  }
  return [...errors, ...mapTypeErrors(schema, path)];
}

function mapTypeErrors(schema: StructuralSchema, path: string): readonly FieldError[] {
  const mapType: string | undefined = schema['x-kubernetes-map-type'];
  if (mapType === undefined) return [];
  const errors: FieldError[] = [];
  if (schema.type !== 'object') {
    errors.push(wrongType(`${path}.type`, schema.type, 'must be object if x-kubernetes-map-type is specified'));
  }
  if (mapType !== 'atomic' && mapType !== 'granular') {
    errors.push(unsupportedValue(`${path}.x-kubernetes-map-type`, mapType, ['atomic', 'granular']));
  }
  return errors;
}

function listTypeErrors(schema: StructuralSchema, path: string): readonly FieldError[] {
  const listType: string | undefined = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const at = `${path}.x-kubernetes-list-type`;
  if (keys.length > 0 && listType !== 'map') {
    const rule = 'must be map if x-kubernetes-list-map-keys is non-empty';
    return [listType === undefined ? requiredValue(at, rule) : invalidValue(at, listType, rule)];
  }
  if (listType === undefined) return [];
  if (!['atomic', 'set', 'map'].includes(listType)) return [unsupportedValue(at, listType, ['atomic', 'set', 'map'])];
  if (schema.type !== 'array') {
    return [wrongType(`${path}.type`, schema.type, 'must be array if x-kubernetes-list-type is specified')];
  }
  if (listType === 'atomic') return [];
  const errors = listType === 'map' ? mapKeyErrors(schema, keys, path) : setItemErrors(schema.items, `${path}.items`);
  if (schema.items?.nullable !== true) return errors;
  return [
    ...errors,
    forbiddenValue(`${path}.items.nullable`, `cannot be nullable when x-kubernetes-list-type is ${listType}`),
  ];
}

function setItemErrors(items: StructuralSchema | undefined, path: string): readonly FieldError[] {
  const rule = 'must be atomic as item of a list with x-kubernetes-list-type=set';
  const list = items?.['x-kubernetes-list-type'];
  if (items?.type === 'array' && list !== undefined && list !== 'atomic') {
    return [invalidValue(`${path}.x-kubernetes-list-type`, list, rule)];
  }
  if (items?.type === 'object' && items['x-kubernetes-map-type'] !== 'atomic') {
    return [invalidValue(`${path}.x-kubernetes-map-type`, null, rule)];
  }
  return [];
}

function mapKeyErrors(schema: StructuralSchema, keys: readonly string[], path: string): readonly FieldError[] {
  const at = `${path}.x-kubernetes-list-map-keys`;
  if (keys.length === 0) return [requiredValue(at, 'must not be empty if x-kubernetes-list-type is map')];
  const { items } = schema;
  if (items === undefined) return [];
  if (items.type !== 'object') {
    const rule = "must be object if parent array's x-kubernetes-list-type is map";
    return [invalidValue(`${path}.items.type`, items.type ?? '', rule)];
  }
  const errors = keys.flatMap((key) => mapKeyErrorsOf(items, { key, keys, path }));
  if (new Set(keys).size < keys.length) errors.push(invalidValue(at, keys, 'must not contain duplicate entries'));
  return errors;
}

function mapKeyErrorsOf(
  items: StructuralSchema,
  { key, keys, path }: { key: string; keys: readonly string[]; path: string },
): readonly FieldError[] {
  const property = Object.hasOwn(items.properties ?? {}, key) ? items.properties?.[key] : undefined;
  if (property === undefined) {
    return [invalidValue(`${path}.x-kubernetes-list-map-keys`, keys, 'entries must all be names of item properties')];
  }
  if (property.type === 'array' || property.type === 'object') {
    const rule = "must be a scalar type if parent array's x-kubernetes-list-type is map";
    return [invalidValue(`${path}.items.properties[${key}].type`, items.type, rule)];
  }
  if (property.default === undefined && items.required?.includes(key) !== true) {
    const rule = 'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property';
    return [requiredValue(`${path}.items.properties[${key}].default`, rule)];
  }
  return [];
}

function metadataErrors(schema: StructuralSchema, path: string, level: Level): readonly FieldError[] {
  if (level !== 'root' && schema['x-kubernetes-embedded-resource'] !== true) return [];
  const { apiVersion, kind, metadata } = schema.properties ?? {};
  const errors: FieldError[] = Object.entries({ apiVersion, kind }).flatMap(([key, property]) =>
    property === undefined || property.type === 'string'
      ? []
      : [invalidValue(`${path}.properties[${key}].type`, property.type ?? '', 'must be string')],
  );
  if (metadata === undefined) return errors;
  if (metadata.type !== 'object') {
    errors.push(invalidValue(`${path}.properties[metadata].type`, metadata.type ?? '', 'must be object'));
  }
  if (level === 'root' && !restrictsOnlyNames(metadata)) {
    const rule = 'must not specify anything other than name and generateName, but metadata is implicitly specified';
    errors.push(forbiddenValue(`${path}.properties[metadata]`, rule));
  }
  return errors;
}

function restrictsOnlyNames(metadata: StructuralSchema): boolean {
  const { type: _type, description: _description, properties = {}, ...rest } = metadata;
  const isName = (key: string): boolean => key === 'name' || key === 'generateName';
  return Object.keys(rest).length === 0 && Object.keys(properties).every(isName);
}

/** A default must itself be complete, pruned and valid. */
function defaultErrors(schema: StructuralSchema, path: string): readonly FieldError[] {
  const value = schema.default;
  if (value === undefined) return [];
  const at = `${path}.default`;
  if (isJsonObject(value)) {
    const { unknown } = prune(schema, value, { resource: schema['x-kubernetes-embedded-resource'] === true });
    if (unknown.length > 0) return [invalidValue(at, value, 'must not have unknown fields')];
  }
  const complete = isJsonObject(value) ? applyDefaults(schema, value) : value;
  return valueCheck(schema)(complete, '', undefined).map((error) => ({
    ...error,
    field: error.field === '<nil>' || error.field === '' ? at : `${at}.${error.field}`,
  }));
}

const valueKeywords = [
  'type',
  'default',
  'additionalProperties',
  'nullable',
  'title',
  'description',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-embedded-resource',
  'x-kubernetes-int-or-string',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-map-type',
  'x-kubernetes-validations',
] as const satisfies readonly (keyof StructuralSchema)[];

/** Inside allOf, anyOf, oneOf and not only values may be restricted, and only of fields that the node itself declares. */
function compositionErrors(schema: StructuralSchema, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (schema.pattern !== undefined) {
    const compiled = compileAnchoredPattern(schema.pattern);
    if (!compiled.ok) {
      const rule = `must be a valid regular expression, but isn't: ${compiled.error}`;
      errors.push(invalidValue(`${path}.pattern`, schema.pattern, rule));
    }
  }
  const isIntOrString = schema['x-kubernetes-int-or-string'] === true;
  for (const key of ['allOf', 'anyOf', 'oneOf'] as const) {
    for (const [index, part] of (schema[key] ?? []).entries()) {
      if (isIntOrString && isTypeAlternative(part)) continue;
      errors.push(...nestedErrors(part, schema, `${path}.${key}[${index}]`));
    }
  }
  return schema.not === undefined ? errors : [...errors, ...nestedErrors(schema.not, schema, `${path}.not`)];
}

/** The `anyOf: [{type: integer}, {type: string}]` that may stand with int-or-string. */
function isTypeAlternative(part: StructuralSchema): boolean {
  return (part.anyOf ?? [part]).every((alternative) => alternative.type === 'integer' || alternative.type === 'string');
}

function nestedErrors(
  part: StructuralSchema,
  spine: StructuralSchema | undefined,
  path: string,
): readonly FieldError[] {
  const below = (['allOf', 'anyOf', 'oneOf'] as const).flatMap((key) =>
    (part[key] ?? []).flatMap((child, index) => nestedErrors(child, spine, `${path}.${key}[${index}]`)),
  );
  if (part.items !== undefined) below.push(...nestedErrors(part.items, spine?.items, `${path}.items`));
  if (part.not !== undefined) below.push(...nestedErrors(part.not, spine, `${path}.not`));
  return [...keywordErrors(part, path), ...nestedPropertyErrors(part, spine, path), ...below];
}

function keywordErrors(part: StructuralSchema, path: string): readonly FieldError[] {
  return valueKeywords.flatMap((key) => {
    if (part[key] === undefined) return [];
    const rule = key === 'type' || key === 'description' || key === 'title' ? 'must be empty' : 'must be undefined';
    return [forbiddenValue(`${path}.${key}`, `${rule} to be structural`)];
  });
}

function nestedPropertyErrors(
  part: StructuralSchema,
  spine: StructuralSchema | undefined,
  path: string,
): readonly FieldError[] {
  const spinePath = path.replaceAll(/\.(?:allOf|anyOf|oneOf)\[\d+\]|\.not/gu, '');
  return Object.entries(part.properties ?? {}).flatMap(([key, child]) => {
    const declared = Object.hasOwn(spine?.properties ?? {}, key) ? spine?.properties?.[key] : undefined;
    const nested = nestedErrors(child, declared, `${path}.properties[${key}]`);
    if (declared !== undefined || key === 'metadata') return nested;
    const why = `because it is defined in ${path}.properties[${key}]`;
    return [requiredValue(`${spinePath}.properties[${key}]`, why), ...nested];
  });
}
