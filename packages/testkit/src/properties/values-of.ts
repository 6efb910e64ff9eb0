import type { StructuralSchema } from '@canaryop/reconcile/crd';
import { formatTime } from '@canaryop/reconcile/env';

import { fc, type Arbitrary } from './fast-check.ts';

/** Longer lists find nothing that these do not. */
const maxItems = 4;
const maxLength = 40;
/** In 2093, in seconds. */
const endOfTime = 3_900_000_000;

/** Values of a schema: valid but for CEL rules, which only a whole object can be held to. */
export function valuesOf(schema: StructuralSchema): Arbitrary<unknown> {
  const values = plainValuesOf(schema);
  return schema.nullable === true ? fc.option(values, { nil: null }) : values;
}

function plainValuesOf(schema: StructuralSchema): Arbitrary<unknown> {
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema['x-kubernetes-int-or-string'] === true) return fc.oneof(fc.nat(65_535), stringsOf({ ...schema }));
  switch (schema.type) {
    case 'string':
      return stringsOf(schema);
    case 'integer':
      return numbersOf(schema, (bounds) => fc.integer({ min: Math.ceil(bounds.min), max: Math.floor(bounds.max) }));
    case 'number':
      return numbersOf(schema, (bounds) => fc.double({ ...bounds, noNaN: true, noDefaultInfinity: true }).map(plain));
    case 'boolean':
      return fc.boolean();
    case 'array':
      return listsOf(schema);
    default:
      return mapsOf(schema);
  }
}

/** JSON has no negative zero. */
function plain(value: number): number {
  return value === 0 ? 0 : value;
}

function numbersOf(
  { minimum = -(2 ** 31), maximum = 2 ** 31 - 1, multipleOf }: StructuralSchema,
  between: (bounds: { readonly min: number; readonly max: number }) => Arbitrary<number>,
): Arbitrary<number> {
  if (multipleOf === undefined) return between({ min: minimum, max: maximum });
  const bounds = { min: Math.ceil(minimum / multipleOf), max: Math.floor(maximum / multipleOf) };
  return fc.integer(bounds).map((factor) => factor * multipleOf);
}

const formats: Readonly<Record<string, () => Arbitrary<string>>> = {
  byte: () => fc.base64String(),
  cidr: () => fc.tuple(fc.ipV4(), fc.nat(32)).map(([address, bits]) => `${address}/${bits}`),
  date: () => moments().map((text) => text.slice(0, 10)),
  'date-time': moments,
  duration: () => fc.tuple(fc.nat(999), fc.constantFrom('s', 'm', 'h')).map((parts) => parts.join('')),
  email: () => fc.emailAddress(),
  hostname: () => fc.domain(),
  ipv4: () => fc.ipV4(),
  ipv6: () => fc.ipV6(),
  uri: () => fc.webUrl(),
  uuid: () => fc.uuid(),
};

function moments(): Arbitrary<string> {
  return fc.integer({ min: 0, max: endOfTime }).map((seconds) => formatTime(seconds * 1000));
}

function stringsOf({
  pattern,
  format,
  minLength = 0,
  maxLength: most = maxLength,
}: StructuralSchema): Arbitrary<string> {
  const fits = (text: string): boolean => text.length >= minLength && text.length <= most;
  const made = formats[format ?? ''];
  if (made !== undefined) return made().filter(fits);
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern, 'u')).filter(fits);
  return fc.string({ minLength, maxLength: Math.max(minLength, Math.min(most, maxLength)) });
}

function listsOf(schema: StructuralSchema): Arbitrary<unknown> {
  const items = valuesOf(schema.items ?? {});
  const minLength = schema.minItems ?? 0;
  const bounds = { minLength, maxLength: Math.max(minLength, Math.min(schema.maxItems ?? maxItems, maxItems)) };
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  switch (schema['x-kubernetes-list-type']) {
    case 'set':
      return fc.uniqueArray(items, { ...bounds, selector: (item) => JSON.stringify(item) });
    case 'map':
      return fc.uniqueArray(items, {
        ...bounds,
        selector: (item) => JSON.stringify(keys.map((key) => (item as Readonly<Record<string, unknown>>)[key])),
      });
    default:
      return fc.array(items, bounds);
  }
}

function mapsOf({
  properties = {},
  required = [],
  additionalProperties,
  ...schema
}: StructuralSchema): Arbitrary<unknown> {
  if (additionalProperties !== undefined) {
    const minKeys = schema.minProperties ?? 0;
    const maxKeys = Math.max(minKeys, Math.min(schema.maxProperties ?? maxItems, maxItems));
    return fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/u), valuesOf(additionalProperties), {
      minKeys,
      maxKeys,
      noNullPrototype: true,
    });
  }
  const fields = Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, valuesOf(property)]));
  return fc.record(fields, { requiredKeys: [...required], noNullPrototype: true });
}
