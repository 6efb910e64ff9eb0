import { mustReach } from './field-checks.ts';
import { forbiddenValue, invalidValue, requiredValue, unsupportedValue, type FieldError } from './field-error.ts';
import { fieldIn, listIn, numberIn, objectIn, textIn } from './json-access.ts';
import { podTemplateErrors } from './pod-validation.ts';
import { selectorErrors } from './selector-validation.ts';
import type { Json, JsonObject } from './structural-schema.ts';

const path = 'spec';

/** Rules that ReplicaSets, Deployments, DaemonSets and StatefulSets share; whether the selector fits is not looked at. */
export function workloadErrors(object: JsonObject): readonly FieldError[] {
  const spec = objectIn(object, 'spec');
  const counts = ['replicas', 'minReadySeconds', 'revisionHistoryLimit', 'progressDeadlineSeconds'];
  const ofSelector = selectorErrors(objectIn(spec, 'selector'), 'spec.selector');
  // Of a selector that cannot be read Deployments and ReplicaSets say so, and look at no template.
  const isStrict = ['Deployment', 'ReplicaSet', 'StatefulSet'].includes(textIn(object, 'kind'));
  const isUnreadable = isUnreadableSelector(objectIn(spec, 'selector'));
  return [
    ...counts.flatMap((key) => mustReach({ object: spec, key, path }, 0)),
    ...ofSelector,
    ...(isStrict && isUnreadable ? [invalidValue('spec.selector', spec['selector'], 'invalid label selector')] : []),
    ...(isStrict && isUnreadable ? [] : podTemplateErrors(objectIn(spec, 'template'), 'spec.template')),
  ];
}

/** Whether an expression of a selector makes no sense. */
export function isUnreadableSelector(selector: JsonObject): boolean {
  return listIn(selector, 'matchExpressions').some((expression) => {
    const count = listIn(expression, 'values').length;
    const operator = textIn(expression, 'operator');
    if (operator === 'In' || operator === 'NotIn') return count === 0;
    return operator === 'Exists' || operator === 'DoesNotExist' ? count > 0 : true;
  });
}

/** Rules of a StatefulSet beyond those of every workload. */
export function statefulSetErrors(object: JsonObject): readonly FieldError[] {
  const policy = textIn(objectIn(object, 'spec'), 'podManagementPolicy');
  const supported = ['', 'OrderedReady', 'Parallel'];
  const rule = `must be '${supported[1]}' or '${supported[2]}'`;
  return supported.includes(policy) ? [] : [invalidValue('spec.podManagementPolicy', policy, rule)];
}

/** Rules of a DaemonSet beyond those of every workload. */
export function daemonSetErrors(object: JsonObject): readonly FieldError[] {
  const type = textIn(objectIn(objectIn(object, 'spec'), 'updateStrategy'), 'type');
  const supported = ['OnDelete', 'RollingUpdate'];
  return type === '' || supported.includes(type) ? [] : [unsupportedValue('spec.updateStrategy', type, supported)];
}

/** Rules of a ReplicationController, whose selector is a plain map. */
export function replicationControllerErrors(object: JsonObject): readonly FieldError[] {
  const spec = objectIn(object, 'spec');
  const selector = objectIn(spec, 'selector');
  const template = fieldIn(spec, 'template');
  const labels = objectIn(objectIn(objectIn(spec, 'template'), 'metadata'), 'labels');
  const isMatch = Object.entries(selector).every(([key, value]) => labels[key] === value);
  return [
    ...['replicas', 'minReadySeconds'].flatMap((key) => mustReach({ object: spec, key, path }, 0)),
    ...(Object.keys(selector).length === 0 ? [requiredValue('spec.selector')] : []),
    ...(template === undefined || template === null ? [requiredValue('spec.template')] : []),
    ...(isMatch || template === undefined || template === null
      ? []
      : [invalidValue('spec.template.metadata.labels', labels, '`selector` does not match template `labels`')]),
    ...(template === undefined || template === null ? [] : podTemplateErrors(template, 'spec.template')),
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
  const type = textIn(strategy, 'type');
  // What kube-apiserver names is the whole strategy.
  if (!['', 'Recreate', 'RollingUpdate'].includes(type))
    return [unsupportedValue(at, strategy, ['Recreate', 'RollingUpdate'])];
  return [...rollingUpdateErrors(update, `${at}.rollingUpdate`)];
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
