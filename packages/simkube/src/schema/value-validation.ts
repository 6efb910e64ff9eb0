import { jsonEqual } from '../patch/compare.ts';
import { compileAnchoredPattern } from '../prometheus/anchored-pattern.ts';
import { correlatedField, correlatedItem, type Correlated } from './correlate.ts';
import { compositionCheck } from './composition-validation.ts';
import {
  invalidValue,
  requiredValue,
  tooLong,
  tooMany,
  typeInvalid,
  unsupportedValue,
  type FieldError,
} from './field-error.ts';
import { hasFormat, isKnownFormat } from './string-format.ts';
import { isJsonObject, type Json, type JsonObject, type StructuralSchema } from './structural-schema.ts';

/** Checks a value at a path; on update a part that did not change is not checked again (KEP-4008). */
export type ValueCheck = (value: Json, path: string, old: Correlated | undefined) => readonly FieldError[];

/** A check of one keyword group, on a value that has the right type. */
type Check = (value: Json, path: string, old: Correlated | undefined) => readonly FieldError[];

const none: readonly FieldError[] = [];

/** Compiles what a schema says about values: types, bounds, patterns, formats, enums, required fields, compositions. */
export function valueCheck(schema: StructuralSchema): ValueCheck {
  const isType = typeCheck(schema);
  const enumerated = enumCheck(schema);
  const checks: readonly Check[] = [
    ...stringChecks(schema),
    ...numberChecks(schema),
    ...enumerated,
    ...arrayChecks(schema),
    ...objectChecks(schema),
    ...compositionCheck(schema, valueCheck),
  ];
  return (value, path, old) => {
    if (old !== undefined && jsonEqual(old.value, value)) return none;
    const mistyped = isType(value, path);
    // A wrong type does not stop the keywords that fit the value's own type; a null meets the enum only.
    const errors = (value === null ? enumerated : checks).flatMap((check) => check(value, path, old));
    return mistyped === undefined ? errors : [mistyped, ...errors];
  };
}

function jsonType(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function typeCheck(schema: StructuralSchema): (value: Json, path: string) => FieldError | undefined {
  const { nullable, format } = schema;
  const expected = expectedTypes(schema);
  if (expected.length === 0) return () => undefined;
  return (value, path) => {
    const actual = jsonType(value);
    if (actual === 'null' && nullable === true) return undefined;
    if (expected.includes(actual) || (actual === 'integer' && expected.includes('number'))) return undefined;
    // Where there is a format, the error speaks of formats, Go's for the value.
    const byFormat = format !== undefined && isKnownFormat(schema.type, format) && !unformatted.has(actual);
    const name = byFormat ? format : expected.join(',');
    const found = byFormat ? (goFormats[actual] ?? '') : actual;
    return typeInvalid(path, JSON.stringify(found), `${path} in body must be of type ${name}: "${found}"`);
  };
}

function expectedTypes(schema: StructuralSchema): readonly string[] {
  if (schema['x-kubernetes-int-or-string'] === true) return ['integer', 'string'];
  return schema.type === undefined ? [] : [schema.type];
}

const unformatted: ReadonlySet<string> = new Set(['string', 'array', 'null']);
const goFormats: Readonly<Record<string, string>> = { integer: 'int64', number: 'float64' };

type StringRule = (text: string, path: string) => FieldError | undefined;

/** Of length and pattern only the first broken rule is told. */
function stringChecks(schema: StructuralSchema): readonly Check[] {
  const { pattern, minLength, maxLength, format } = schema;
  const rules: StringRule[] = [];
  if (maxLength !== undefined) {
    rules.push((text, path) => (lengthOf(text) > maxLength ? tooLong(path, maxLength) : undefined));
  }
  if (minLength !== undefined) {
    const detail = `should be at least ${minLength} chars long`;
    rules.push((text, path) => (lengthOf(text) < minLength ? broken(path, text, detail) : undefined));
  }
  if (pattern !== undefined) {
    const matches = patternTest(pattern);
    rules.push((text, path) => (matches(text) ? undefined : broken(path, text, `should match '${pattern}'`)));
  }
  return [...stringCheck(rules), ...(format === undefined ? [] : stringCheck([formatRule(format)]))];
}

function stringCheck(rules: readonly StringRule[]): readonly Check[] {
  if (rules.length === 0) return [];
  const check: Check = (value, path) => {
    if (typeof value !== 'string') return none;
    for (const rule of rules) {
      const error = rule(value, path);
      if (error !== undefined) return [error];
    }
    return none;
  };
  return [check];
}

function formatRule(format: string): StringRule {
  return (text, path) =>
    hasFormat(format, text)
      ? undefined
      : typeInvalid(path, JSON.stringify(text), `${path} in body must be of type ${format}: ${JSON.stringify(text)}`);
}

/** Lengths count code points. */
function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

function broken(path: string, value: Json, detail: string): FieldError {
  return invalidValue(path, value, `${path} in body ${detail}`);
}

/** Patterns are RE2 and match anywhere. One that does not compile matches nothing, as in kube-apiserver. */
function patternTest(pattern: string): (text: string) => boolean {
  const compiled = compileAnchoredPattern(`(?s:.*)(?:${pattern})(?s:.*)`);
  return (text) => compiled.ok && compiled.pattern.test(text);
}

function numberChecks(schema: StructuralSchema): readonly Check[] {
  const { minimum, maximum, multipleOf, exclusiveMinimum, exclusiveMaximum, format } = schema;
  const rules: (readonly [holds: (value: number) => boolean, detail: string])[] = [];
  // Go compares an integer with the bound cut to an integer, unless the type is integer.
  const bound = (limit: number, value: number): number =>
    schema.type !== 'integer' && Number.isInteger(value) ? Math.trunc(limit) : limit;
  if (maximum !== undefined) {
    rules.push(
      exclusiveMaximum === true
        ? [(value) => value < bound(maximum, value), `should be less than ${maximum}`]
        : [(value) => value <= bound(maximum, value), `should be less than or equal to ${maximum}`],
    );
  }
  if (minimum !== undefined) {
    rules.push(
      exclusiveMinimum === true
        ? [(value) => value > bound(minimum, value), `should be greater than ${minimum}`]
        : [(value) => value >= bound(minimum, value), `should be greater than or equal to ${minimum}`],
    );
  }
  if (multipleOf !== undefined) {
    // Of a fraction no integer is a multiple: Go cuts the factor to an integer, and 0 is none.
    const factor = (value: number): number => (Number.isInteger(value) ? Math.trunc(multipleOf) : multipleOf);
    rules.push([(value) => Number.isInteger(value / factor(value)), `should be a multiple of ${multipleOf}`]);
  }
  return [
    ...(schema.type === 'integer' ? [integerCheck(format)] : []),
    ...rules.map(
      ([holds, detail]): Check =>
        (value, path) =>
          typeof value !== 'number' || holds(value) ? none : [broken(path, value, detail)],
    ),
  ];
}

/** Go says twice of a fraction that it is no integer, once without a field. */
function integerCheck(format: string | undefined): Check {
  const limit = format === 'int32' ? 2 ** 31 : 2 ** 63;
  const known = format !== undefined && isKnownFormat('integer', format);
  const name = known ? `with format ${format}` : '(default format)';
  return (value, path) => {
    if (typeof value !== 'number' || (Number.isInteger(value) && value >= -limit && value < limit)) return none;
    const detail = `Checked value must be of type integer ${name} in ${path}`;
    return [{ reason: 'FieldValueInvalid', field: '<nil>', body: `Invalid value: "": ${detail}` }];
  };
}

function enumCheck({ enum: values }: StructuralSchema): readonly Check[] {
  if (values === undefined) return [];
  const texts = values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
  return [
    (value, path) =>
      values.some((allowed) => jsonEqual(allowed, value)) ? none : [unsupportedValue(path, value, texts)],
  ];
}

function arrayChecks(schema: StructuralSchema): readonly Check[] {
  const { items, minItems, maxItems } = schema;
  const itemCheck = items === undefined ? undefined : lazily(items);
  if (itemCheck === undefined && minItems === undefined && maxItems === undefined) return [];
  return [
    (value, path, old) => {
      if (!Array.isArray(value)) return none;
      const list = value as readonly Json[];
      const errors: FieldError[] = [];
      if (minItems !== undefined && list.length < minItems) {
        errors.push(broken(path, list.length, `should have at least ${minItems} items`));
      }
      if (maxItems !== undefined && list.length > maxItems) errors.push(tooMany(path, list.length, maxItems));
      if (itemCheck === undefined) return errors;
      const below = list.map((item, index) => itemCheck(item, `${path}[${index}]`, correlatedItem(old, schema, item)));
      return [...errors, ...below.flat()];
    },
  ];
}

/** Compiles on first use: schemas of built-in kinds contain themselves. */
function lazily(schema: StructuralSchema): ValueCheck {
  let check: ValueCheck | undefined;
  return (value, path, old) => {
    check ??= valueCheck(schema);
    return check(value, path, old);
  };
}

function objectChecks(schema: StructuralSchema): readonly Check[] {
  const { required = [], minProperties, maxProperties } = schema;
  const properties = Object.entries(schema.properties ?? {}).map(([key, child]) => [key, lazily(child)] as const);
  const declared = new Set(properties.map(([key]) => key));
  const rest = typeof schema.additionalProperties === 'object' ? lazily(schema.additionalProperties) : undefined;

  const sizeErrors = (object: JsonObject, path: string): readonly FieldError[] => {
    const size = Object.keys(object).length;
    if (minProperties !== undefined && size < minProperties) {
      return [broken(path, size, `should have at least ${minProperties} properties`)];
    }
    return maxProperties !== undefined && size > maxProperties ? [tooMany(path, size, maxProperties)] : none;
  };
  return [
    (value, path, old) => {
      if (!isJsonObject(value)) return none;
      const errors: FieldError[] = [...sizeErrors(value, path)];
      for (const key of required) if (!Object.hasOwn(value, key)) errors.push(requiredValue(childPath(path, key)));
      for (const [key, check] of properties) {
        const child = Object.hasOwn(value, key) ? value[key] : undefined;
        if (child !== undefined) errors.push(...check(child, childPath(path, key), correlatedField(old, key)));
      }
      if (rest === undefined) return errors;
      for (const [key, child] of Object.entries(value)) {
        if (child !== undefined && !declared.has(key))
          errors.push(...rest(child, childPath(path, key), correlatedField(old, key)));
      }
      return errors;
    },
  ];
}

function childPath(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
