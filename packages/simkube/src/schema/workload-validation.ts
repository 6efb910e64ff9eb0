import { mustBeOneOf, mustReach } from './field-checks.ts';
import { forbiddenValue, invalidValue, type FieldError } from './field-error.ts';
import { fieldIn, numberIn, objectIn, textIn } from './json-access.ts';
import { podTemplateErrors } from './pod-validation.ts';
import { selectorErrors } from './selector-validation.ts';
import type { Json, JsonObject } from './structural-schema.ts';

const path = 'spec';

/** Rules that ReplicaSets, Deployments, DaemonSets and StatefulSets share; whether the selector fits is not looked at. */
export function workloadErrors(object: JsonObject): readonly FieldError[] {
  const spec = objectIn(object, 'spec');
  const counts = ['replicas', 'minReadySeconds', 'revisionHistoryLimit', 'progressDeadlineSeconds'];
  return [
    ...counts.flatMap((key) => mustReach({ object: spec, key, path }, 0)),
    ...selectorErrors(objectIn(spec, 'selector'), 'spec.selector'),
    ...podTemplateErrors(objectIn(spec, 'template'), 'spec.template'),
  ];
}

/** Rules of a Deployment beyond those of every workload. */
export function deploymentErrors(object: JsonObject): readonly FieldError[] {
  const spec = objectIn(object, 'spec');
  const deadline = numberIn(spec, 'progressDeadlineSeconds');
  const errors = [...workloadErrors(object), ...strategyErrors(objectIn(spec, 'strategy'))];
  if (deadline !== undefined && deadline <= (numberIn(spec, 'minReadySeconds') ?? 0)) {
    errors.push(invalidValue('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds'));
  }
  return errors;
}

function strategyErrors(strategy: JsonObject): readonly FieldError[] {
  const at = 'spec.strategy';
  const update = fieldIn(strategy, 'rollingUpdate');
  if (textIn(strategy, 'type') === 'Recreate' && update !== undefined && update !== null) {
    const rule = "may not be specified when strategy `type` is 'Recreate'";
    return [forbiddenValue(`${at}.rollingUpdate`, rule)];
  }
  return [
    ...mustBeOneOf({ object: strategy, key: 'type', path: at }, ['Recreate', 'RollingUpdate']),
    ...rollingUpdateErrors(update, `${at}.rollingUpdate`),
  ];
}

function rollingUpdateErrors(update: Json | undefined, at: string): readonly FieldError[] {
  const [unavailable, surge] = [fieldIn(update, 'maxUnavailable'), fieldIn(update, 'maxSurge')];
  const errors = [
    ...countOrPercentErrors(unavailable, `${at}.maxUnavailable`),
    ...countOrPercentErrors(surge, `${at}.maxSurge`),
  ];
  const isZero = (value: Json | undefined): boolean => value === 0 || value === '0%';
  if (isZero(unavailable) && isZero(surge)) {
    errors.push(invalidValue(`${at}.maxUnavailable`, unavailable, 'may not be 0 when `maxSurge` is 0'));
  }
  return errors;
}

function countOrPercentErrors(value: Json | undefined, at: string): readonly FieldError[] {
  if (typeof value === 'number' && value < 0) return [invalidValue(at, value, 'must be greater than or equal to 0')];
  if (typeof value !== 'string' || /^\d+%$/u.test(value)) return [];
  const rule =
    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";
  return [invalidValue(at, value, rule)];
}
