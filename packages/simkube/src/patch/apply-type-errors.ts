import {
  isJsonObject,
  propertySchema,
  type Json,
  type JsonObject,
  type StructuralSchema,
} from '../schema/structural-schema.ts';
import { entriesOf, isAssociative, itemElement, listKeys } from './field-type.ts';

/**
 * Why a configuration can't be read as its schema's type, in structured-merge-diff's words; undefined when it can.
 * Only kinds of values, declared fields and list keys matter here: ranges and the like are validation's.
 */
export function applyTypeErrors(schema: StructuralSchema | undefined, applied: JsonObject): string | undefined {
  if (schema === undefined) return undefined;
  const problems: string[] = [];
  check({ schema, value: applied, path: '', root: true }, problems);
  if (problems.length <= 1) return problems[0];
  return `errors:\n${problems.map((problem) => `  ${problem}`).join('\n')}`;
}

interface Place {
  readonly schema: StructuralSchema;
  readonly value: Json;
  readonly path: string;
  readonly root?: boolean;
}

function check(place: Place, problems: string[]): void {
  const { schema, value, path } = place;
  if (value === null) return;
  if (schema.type === 'object') {
    if (isJsonObject(value)) checkMap(place, value, problems);
    else problems.push(`${path}: expected map, got ${gotText(value)}`);
  } else if (schema.type === 'array') {
    if (Array.isArray(value)) checkList(place, value as readonly Json[], problems);
    else problems.push(`${path}: expected list, got ${gotText(value)}`);
  } else checkScalar(place, problems);
}

const scalarTypes: Readonly<Record<string, readonly [type: string, name: string]>> = {
  boolean: ['boolean', 'boolean'],
  string: ['string', 'string'],
  integer: ['number', 'numeric (int or float)'],
  number: ['number', 'numeric (int or float)'],
};

function checkScalar({ schema, value, path }: Place, problems: string[]): void {
  const { type = '', format = '' } = schema;
  const expected = Object.hasOwn(scalarTypes, type) ? scalarTypes[type] : undefined;
  if (expected === undefined || schema['x-kubernetes-int-or-string'] === true) return;
  // Formats other than byte have their own readers, which take what they take.
  if (type === 'string' && format !== '' && format !== 'byte') return;
  const [jsonType, name] = expected;
  if (typeof value !== jsonType) problems.push(`${path}: expected ${name}, got ${gotText(value)}`);
}

function gotText(value: Json): string {
  return `&value.valueUnstructured{Value:${JSON.stringify(value)}}`;
}

function checkMap({ schema, path, root }: Place, map: JsonObject, problems: string[]): void {
  const open =
    schema['x-kubernetes-preserve-unknown-fields'] === true ||
    (schema.properties === undefined && schema.additionalProperties === undefined) ||
    schema.additionalProperties === true;
  const resource = root === true || schema['x-kubernetes-embedded-resource'] === true;
  for (const [key, value] of entriesOf(map)) {
    const child = propertySchema(schema, key);
    const childPath = `${path}.${key}`;
    if (child !== undefined) check({ schema: child, value, path: childPath }, problems);
    else if (!open && !(resource && ['apiVersion', 'kind', 'metadata'].includes(key))) {
      problems.push(`${childPath}: field not declared in schema`);
    }
  }
}

function checkList({ schema, path }: Place, list: readonly Json[], problems: string[]): void {
  const { items } = schema;
  const seen = new Set<string>();
  for (const [index, value] of list.entries()) {
    let itemPath = `${path}[${index}]`;
    if (isAssociative(schema)) {
      const element = itemElement(schema, value);
      if (element === undefined) {
        const keys = listKeys(schema) ?? [];
        const why = `associative list with keys has an element that omits all key fields ${JSON.stringify(keys)} (and doesn't have default values for any key fields)`;
        problems.push(
          `${path}: element ${index}: ${keys.length > 0 ? why : "associative list without keys has an element that's a map type"}`,
        );
        continue;
      }
      itemPath = `${path}${elementText(element)}`;
      if (seen.has(element)) problems.push(`${path}: duplicate entries for key ${elementText(element)}`);
      seen.add(element);
    }
    if (items !== undefined) check({ schema: items, value, path: itemPath }, problems);
  }
}

function elementText(element: string): string {
  const text = element.slice(2);
  if (element.startsWith('v:')) return `[=${text}]`;
  const key = JSON.parse(text) as JsonObject;
  return `[${Object.entries(key)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(',')}]`;
}
