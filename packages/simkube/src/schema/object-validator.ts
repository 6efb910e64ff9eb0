import { ruleEnvironment, type RuleEnvironment } from '@canaryop/reconcile/cel';
import { invalidValue, type FieldError, type FieldErrorReason } from './field-error.ts';
import { listTypeErrors } from './list-type-validation.ts';
import { ruleCheck } from './rule-validation.ts';
import type { JsonObject, StructuralSchema } from './structural-schema.ts';
import { valueCheck } from './value-validation.ts';

/** Checks an object; with the object before an update also its transition rules. */
export type ObjectValidator = (object: JsonObject, previous?: JsonObject) => readonly FieldError[];

/** Errors after which rules could not rely on types and sizes: they are not run then. */
const blocking: ReadonlySet<FieldErrorReason> = new Set<FieldErrorReason>([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
]);

/**
 * Compiles the validator of a custom resource, once per version of its CRD: schema, list types, then rules. Errors are
 * worded as kube-apiserver words them. Metadata is not looked at. On update, what did not change is not judged again.
 */
export function objectValidator(
  schema: StructuralSchema,
  options: { readonly environment?: RuleEnvironment } = {},
): ObjectValidator {
  const values = valueCheck(schema);
  const rules = ruleCheck(schema, { isResource: true, environment: options.environment ?? ruleEnvironment() });
  return (object, previous) => {
    const old = previous === undefined ? undefined : { value: previous };
    const errors = [...values(object, '', old), ...listTypeErrors(schema, object)];
    if (rules === undefined) return errors;
    if (errors.some(({ reason }) => blocking.has(reason))) return [...errors, unchecked];
    return [...errors, ...rules(object, '', old)];
  };
}

const unchecked = invalidValue(
  '',
  null,
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
);
