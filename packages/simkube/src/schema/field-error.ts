import type { Json } from './structural-schema.ts';

/** The `reason` of a cause in a 422 Status. */
export type FieldErrorReason =
  | 'FieldValueNotFound'
  | 'FieldValueRequired'
  | 'FieldValueDuplicate'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueTypeInvalid';

/** One thing wrong with one field. The whole line is `field: body`; the Status cause has `body` as its message. */
export interface FieldError {
  readonly reason: FieldErrorReason;
  /** For instance `spec.ports[0].name`, `metadata.labels[a b]`; `<nil>` for the root. */
  readonly field: string;
  /** For instance `Invalid value: 0: must be greater than 0`. */
  readonly body: string;
}

/** The error as kube-apiserver prints it inside a Status message. */
export function fieldErrorText(error: FieldError): string {
  return `${error.field}: ${error.body}`;
}

/** The message after `Kind.group "name" is invalid: ` of a Status: one error plainly, several in brackets. */
export function fieldErrorsText(errors: readonly FieldError[]): string {
  const texts = [...new Set(errors.map(fieldErrorText))];
  return texts.length === 1 ? `${texts[0]}` : `[${texts.join(', ')}]`;
}

const root = '<nil>';

function at(field: string): string {
  return field === '' ? root : field;
}

function withDetail(text: string, detail: string): string {
  return detail === '' ? text : `${text}: ${detail}`;
}

/** A required field is missing or empty. */
export function requiredValue(field: string, detail = ''): FieldError {
  return { reason: 'FieldValueRequired', field: at(field), body: withDetail('Required value', detail) };
}

/** A value breaks a rule, which the detail tells. */
export function invalidValue(field: string, value: Json | undefined, detail: string): FieldError {
  return {
    reason: 'FieldValueInvalid',
    field: at(field),
    body: withDetail(`Invalid value: ${goValue(value)}`, detail),
  };
}

/** A value is of the wrong JSON type; the value is named by its type, as kube-apiserver does. */
export function typeInvalid(field: string, value: string, detail: string): FieldError {
  return { reason: 'FieldValueTypeInvalid', field: at(field), body: `Invalid value: ${value}: ${detail}` };
}

/** A value is not one of a list. */
export function unsupportedValue(field: string, value: Json | undefined, supported: readonly string[]): FieldError {
  const list = supported.map((text) => JSON.stringify(text)).join(', ');
  return {
    reason: 'FieldValueNotSupported',
    field: at(field),
    body: `Unsupported value: ${goValue(value)}: supported values: ${list}`,
  };
}

/** The same key or value stands twice in a list. */
export function duplicateValue(field: string, value: Json | undefined): FieldError {
  return { reason: 'FieldValueDuplicate', field: at(field), body: `Duplicate value: ${goValue(value)}` };
}

/** The field may not be set, or not changed. */
export function forbiddenValue(field: string, detail: string): FieldError {
  return { reason: 'FieldValueForbidden', field: at(field), body: withDetail('Forbidden', detail) };
}

/** A string is too long (bytes). kube-apiserver does not repeat it. */
export function tooLong(field: string, maximum: number): FieldError {
  return {
    reason: 'FieldValueTooLong',
    field: at(field),
    body: `Too long: may not be more than ${maximum} ${maximum === 1 ? 'byte' : 'bytes'}`,
  };
}

/** A list or map has too many entries. */
export function tooMany(field: string, actual: number, maximum: number): FieldError {
  return {
    reason: 'FieldValueTooMany',
    field: at(field),
    body: `Too many: ${actual}: must have at most ${maximum} ${maximum === 1 ? 'item' : 'items'}`,
  };
}

/** Something that the field refers to does not exist. */
export function valueNotFound(field: string, value: Json): FieldError {
  return { reason: 'FieldValueNotFound', field: at(field), body: `Not found: ${goValue(value)}` };
}

/** A value as Go's field errors print it: strings quoted, null as `null`, structures as JSON. */
export function goValue(value: Json | undefined): string {
  return value === undefined ? 'null' : JSON.stringify(value);
}
