import type { CustomKind } from '../crd/define-kind.ts';
import { withDefaults } from '../crd/defaults.ts';
import type { FieldError } from '../crd/field-error.ts';
import type { KubernetesObject } from '../object/object.ts';
import { apiVersionOf, type ResourceKind } from '../object/resource-kind.ts';
import { ruleErrors } from './cel-rules.ts';
import { kindRules } from './kind-rules.ts';
import { compileValidator, type Validator } from './schema-validator.ts';

const validators = new WeakMap<object, Validator>();

/**
 * What the API server would refuse about `object`, as a new object or, with `previous`, as an update of that one:
 * schema and CEL rules, after defaults are filled in. Throws `SchemaError` where `checkKind` would.
 */
export function validateObject<T extends KubernetesObject>(
  kind: CustomKind<T>,
  object: unknown,
  previous?: T,
): readonly FieldError[] {
  const stored = withDefaults(kind.schema, object);
  const errors = [...typeMetaErrors(kind, stored), ...validatorOf(kind)(stored)];
  // Like the API server: rules read typed values, so they are asked only about what the schema takes.
  if (errors.length > 0) return errors;
  const rules = kindRules(kind);
  return rules === undefined ? [] : ruleErrors(rules, stored, previous);
}

function validatorOf<T extends KubernetesObject>(kind: CustomKind<T>): Validator {
  let validator = validators.get(kind);
  if (validator === undefined) {
    validator = compileValidator(kind.schema);
    validators.set(kind, validator);
  }
  return validator;
}

function typeMetaErrors(kind: ResourceKind, object: unknown): readonly FieldError[] {
  const { apiVersion, kind: kindName } = (object ?? {}) as { apiVersion?: unknown; kind?: unknown };
  const expected = apiVersionOf(kind);
  return [
    ...(apiVersion === expected ? [] : [{ path: 'apiVersion', message: `must be ${expected}` }]),
    ...(kindName === kind.kind ? [] : [{ path: 'kind', message: `must be ${kind.kind}` }]),
  ];
}
