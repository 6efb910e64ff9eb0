import { invalidValue, type FieldError } from '../../schema/field-error.ts';
import type { Json } from '../../schema/structural-schema.ts';
import { deepEqual } from '../object/deep-equal.ts';
import { valueAt, type ApiObject } from '../object/api-object.ts';

/** An error when the value at a dotted path differs from the stored one. */
export function immutableField(
  object: ApiObject,
  previous: ApiObject | undefined,
  path: string,
): readonly FieldError[] {
  if (previous === undefined) return [];
  const steps = path.split('.');
  const value = valueAt(object, ...steps);
  return deepEqual(value, valueAt(previous, ...steps))
    ? []
    : [invalidValue(path, value as Json | undefined, 'field is immutable')];
}
