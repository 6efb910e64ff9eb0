import { celList, celMap, type CelInput } from './cel-library.ts';
import type { CelSchema } from './cel-schema.ts';
import { withObjectMeta } from './cel-schema.ts';
import { escapedPropertyName } from './property-name.ts';

/** A value that a rule can't be given: its schema promised another type. */
export class ValueError extends Error {}

/** Parses a duration or timestamp string; supplied by the library, which has types for both. */
export interface TimeReaders {
  duration(text: string): CelInput;
  timestamp(text: string): CelInput;
}

/**
 * A JSON value as CEL sees it under its schema: integers are int64, objects have their declared and escaped fields
 * only, maps have all entries, byte strings are decoded.
 */
export function toCelValue(
  value: unknown,
  schema: CelSchema | undefined,
  readers: TimeReaders,
  isResource = false,
): CelInput {
  if (value === null || value === undefined) return null;
  if (schema === undefined || schema['x-kubernetes-int-or-string'] === true) return dynamicValue(value);
  if (Array.isArray(value)) return celList(value.map((item) => toCelValue(item, schema.items, readers)));
  switch (typeof value) {
    case 'object':
      return objectValue(value, isResource ? withObjectMeta(schema) : schema, readers);
    case 'number':
      return numberValue(value, schema);
    case 'string':
      return stringValue(value, schema, readers);
    default:
      return typeof value === 'boolean' ? value : null;
  }
}

/** Numbers without a fraction are int64 where no schema says otherwise. */
function dynamicValue(value: unknown): CelInput {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return celList(value.map(dynamicValue));
  if (typeof value === 'object' && value !== null) {
    return celMap(new Map(Object.entries(value).map(([key, child]) => [key, dynamicValue(child)])));
  }
  return typeof value === 'string' || typeof value === 'boolean' ? value : null;
}

function numberValue(value: number, schema: CelSchema): CelInput {
  if (schema.type !== 'integer') return value;
  if (!Number.isInteger(value)) throw new ValueError('expected an integer');
  return BigInt(value);
}

function stringValue(value: string, schema: CelSchema, readers: TimeReaders): CelInput {
  switch (schema.format) {
    case 'byte':
      return Uint8Array.from(Buffer.from(value, 'base64'));
    case 'duration':
      return readers.duration(value);
    case 'date':
      return readers.timestamp(`${value}T00:00:00Z`);
    case 'date-time':
      return readers.timestamp(value);
    default:
      return value;
  }
}

function objectValue(object: object, schema: CelSchema, readers: TimeReaders): CelInput {
  const entries = new Map<string, CelInput>();
  const values = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
  for (const [key, value] of Object.entries(object)) {
    const property =
      schema.properties !== undefined && Object.hasOwn(schema.properties, key) ? schema.properties[key] : undefined;
    if (property !== undefined) {
      const name = escapedPropertyName(key);
      const isResource = property['x-kubernetes-embedded-resource'] === true;
      if (name !== undefined && value !== undefined)
        entries.set(name, toCelValue(value, property, readers, isResource));
    } else if (values !== undefined) entries.set(key, toCelValue(value, values, readers));
  }
  return celMap(entries);
}
