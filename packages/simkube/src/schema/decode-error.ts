import { microTimeTitle, quantityTitle } from './openapi-definitions.ts';
import { isQuantity } from './quantity.ts';
import {
  isJsonObject,
  propertySchema,
  type Json,
  type JsonObject,
  type StructuralSchema,
} from './structural-schema.ts';

/**
 * Why a body can't be read as a built-in kind, worded as Go's JSON decoder does; undefined when it can. Only types
 * are looked at: a wrong one is HTTP 400, before any validation.
 */
export function decodeError(schema: StructuralSchema, object: JsonObject): string | undefined {
  return mismatch(schema, object, '');
}

function mismatch(schema: StructuralSchema, value: Json, path: string): string | undefined {
  if (value === null) return undefined;
  const expected = goType(schema);
  if (expected !== undefined && !fits(schema, value)) {
    return `json: cannot unmarshal ${jsonKind(value)} into Go struct field ${path.slice(1)} of type ${expected}`;
  }
  const special = formatError(schema, value);
  if (special !== undefined) return special;
  if (Array.isArray(value)) {
    return schema.items === undefined ? undefined : firstMismatch(value as readonly Json[], schema.items, path);
  }
  return isJsonObject(value) ? mismatchOfFields(schema, value, path) : undefined;
}

function firstMismatch(list: readonly Json[], items: StructuralSchema, path: string): string | undefined {
  for (const item of list) {
    const problem = mismatch(items, item, path);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function mismatchOfFields(schema: StructuralSchema, object: JsonObject, path: string): string | undefined {
  for (const [key, child] of Object.entries(object)) {
    const childSchema = propertySchema(schema, key);
    if (childSchema === undefined || child === undefined) continue;
    const problem = mismatch(childSchema, child, `${path}.${key}`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function fits(schema: StructuralSchema, value: Json): boolean {
  switch (schema.type) {
    case 'object':
      return isJsonObject(value);
    case 'array':
      return Array.isArray(value);
    case 'string':
      return typeof value === 'string';
    case 'boolean':
      return typeof value === 'boolean';
    case 'number':
      return typeof value === 'number';
    case 'integer':
      return typeof value === 'number' && Number.isInteger(value) && inRange(schema, value);
    default:
      return true;
  }
}

function inRange({ format }: StructuralSchema, value: number): boolean {
  return format !== 'int32' || (value >= -(2 ** 31) && value < 2 ** 31);
}

function jsonKind(value: Json): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'number' ? `number${Number.isInteger(value) ? '' : ` ${value}`}` : typeof value;
}

function goType(schema: StructuralSchema): string | undefined {
  switch (schema.type) {
    case 'object':
      return schema.additionalProperties === undefined ? 'struct' : 'map[string]string';
    case 'array':
      return '[]';
    case 'string':
      return 'string';
    case 'boolean':
      return 'bool';
    case 'number':
      return 'float64';
    case 'integer':
      return schema.format ?? 'int';
    default:
      return undefined;
  }
}

const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:\d\d)$/u;
/** `metav1.MicroTime` is read with exactly six decimals, unlike `metav1.Time`. */
const microTime = /^(?<seconds>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?<rest>.*)$/u;
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/u;

function formatError(schema: StructuralSchema, value: Json): string | undefined {
  if (schema.title === quantityTitle && !isQuantity(value)) return quantityError;
  if (typeof value !== 'string') return undefined;
  if (schema.format === 'byte' && !base64.test(value)) {
    const at = value.search(/[^A-Za-z0-9+/=]/u);
    return `illegal base64 data at input byte ${at === -1 ? value.length : at}`;
  }
  if (schema.format !== 'date-time') return undefined;
  return schema.title === microTimeTitle ? microTimeError(value) : timeError(value);
}

const quantityError = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

function timeError(value: string): string | undefined {
  if (time.test(value)) return undefined;
  return `parsing time ${JSON.stringify(value)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(value)} as "2006"`;
}

function microTimeError(value: string): string | undefined {
  const match = microTime.exec(value);
  const rest = match?.groups?.['rest'] ?? '';
  const failed = (at: string, layout: string): string =>
    `parsing time ${JSON.stringify(value)} as "2006-01-02T15:04:05.000000Z07:00": cannot parse ${JSON.stringify(at)} as "${layout}"`;
  if (match === null) return failed(value, '2006');
  if (!/^\.\d{6}/u.test(rest)) return failed(rest, '.000000');
  const zone = rest.slice('.000000'.length);
  return /^(?:Z|[+-]\d\d:\d\d)$/u.test(zone) ? undefined : failed(zone, 'Z07:00');
}
