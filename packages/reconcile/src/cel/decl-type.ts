import { type CelSchema, withObjectMeta } from './cel-schema.ts';
import { escapedPropertyName } from './property-name.ts';

/** The type of an expression, with how large its value can get: what rules are checked and costed against. */
export interface DeclType {
  readonly kind:
    | 'bool'
    | 'int'
    | 'uint'
    | 'double'
    | 'string'
    | 'bytes'
    | 'duration'
    | 'timestamp'
    | 'null'
    | 'type'
    | 'dyn'
    | 'list'
    | 'map'
    | 'object';
  /** Most items, entries or bytes that a value can have. */
  readonly maxElements: number;
  /** Fewest bytes that a value takes in JSON. */
  readonly minSize: number;
  /** Of lists and maps. */
  readonly element?: DeclType;
  /** Of maps. */
  readonly key?: DeclType;
  /** Of objects, by escaped name. */
  readonly fields?: ReadonlyMap<string, DeclType>;
}

/** Largest request that a Kubernetes API server takes, in bytes: what bounds a value that its schema does not. */
export const maxRequestBytes = 3 * 1024 * 1024;

/** A type without parts. */
export function simpleType(kind: DeclType['kind'], maxElements = 1, minSize = 1): DeclType {
  return { kind, maxElements, minSize };
}

/** A list type. */
export function listOf(element: DeclType, maxElements: number): DeclType {
  return { kind: 'list', element, maxElements, minSize: 2 };
}

/** A map type with string keys unless told otherwise. */
export function mapOf(element: DeclType, maxElements: number, key: DeclType = keyType): DeclType {
  return { kind: 'map', key, element, maxElements, minSize: 2 };
}

/** A map's key. Kubernetes counts nothing for its length. */
const keyType: DeclType = simpleType('string', 0, 2);
/** A string of unknown length. */
export const stringType: DeclType = simpleType('string', maxRequestBytes - 2, 2);
/** A value whose type is only known at run time. */
export const dynType: DeclType = simpleType('dyn', maxRequestBytes - 2);
/** true or false. */
export const boolType: DeclType = simpleType('bool', 1, 4);
/** A 64-bit integer. */
export const intType: DeclType = simpleType('int');

/** The type as CEL's error messages name it. */
export function typeText(type: DeclType): string {
  if (type.kind === 'list') return `list(${typeText(type.element ?? dynType)})`;
  if (type.kind === 'map') return `map(${typeText(type.key ?? dynType)}, ${typeText(type.element ?? dynType)})`;
  return type.kind;
}

/**
 * The CEL type of a schema node, as Kubernetes derives it: JSON integers are int64, numbers double, byte, duration
 * and date-time strings have types of their own, int-or-string is dynamic. Undefined for what rules can't see: nodes
 * without type, and objects that only preserve unknown fields have no fields.
 */
export function declTypeOf(schema: CelSchema, isResource = false): DeclType | undefined {
  if (schema['x-kubernetes-int-or-string'] === true) return simpleType('dyn', stringBytes(schema));
  const shown = isResource ? withObjectMeta(schema) : schema;
  switch (shown.type) {
    case 'array':
      return arrayType(shown);
    case 'object':
      return typeof shown.additionalProperties === 'object' && shown.additionalProperties !== null
        ? mapTypeOf(shown, shown.additionalProperties)
        : objectType(shown);
    case 'string':
      return stringTypeOf(shown);
    // Kubernetes counts scalar fields as empty, so comparing them costs nothing beyond reading them.
    case 'boolean':
      return { ...boolType, maxElements: 0 };
    case 'number':
      return simpleType('double', 0);
    case 'integer':
      return { ...intType, maxElements: 0 };
    default:
      return undefined;
  }
}

function childType(schema: CelSchema): DeclType | undefined {
  return declTypeOf(schema, schema['x-kubernetes-embedded-resource'] === true);
}

function arrayType({ items, maxItems }: CelSchema): DeclType | undefined {
  const element = items === undefined ? undefined : childType(items);
  if (element === undefined) return undefined;
  return listOf(element, maxItems ?? Math.floor((maxRequestBytes - 2) / (element.minSize + 1)));
}

function mapTypeOf({ maxProperties }: CelSchema, values: CelSchema): DeclType | undefined {
  const element = childType(values);
  if (element === undefined) return undefined;
  return mapOf(element, maxProperties ?? Math.floor((maxRequestBytes - 2) / (element.minSize + 6)));
}

function objectType(schema: CelSchema): DeclType {
  const required = new Set(schema.required);
  const fields = new Map<string, DeclType>();
  let minSize = 2;
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const type = childType(property);
    if (type === undefined) continue;
    const escaped = escapedPropertyName(name);
    if (escaped !== undefined) fields.set(escaped, type);
    if (required.has(name) && property.default === undefined) minSize += name.length + type.minSize + 4;
  }
  return { kind: 'object', fields, maxElements: 0, minSize };
}

function stringBytes(schema: CelSchema): number {
  // maxLength counts code points of up to four bytes.
  if (schema.maxLength !== undefined) return schema.maxLength * 4;
  if (schema.enum !== undefined && schema.enum.length > 0) {
    return Math.max(0, ...schema.enum.map((value) => (typeof value === 'string' ? value.length : 0)));
  }
  return maxRequestBytes - 2;
}

function stringTypeOf(schema: CelSchema): DeclType {
  switch (schema.format) {
    case 'byte':
      return simpleType('bytes', schema.maxLength ?? maxRequestBytes - 2, 2);
    case 'duration':
      return simpleType('duration', 32, 3);
    case 'date':
      return simpleType('timestamp', 12, 12);
    case 'date-time':
      return simpleType('timestamp', 32, 21);
    default:
      return simpleType('string', stringBytes(schema), 2);
  }
}
