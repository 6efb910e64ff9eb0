import { forbiddenValue, invalidValue, requiredValue, type FieldError } from './field-error.ts';
import { eachIn, listIn, objectIn, textIn } from './json-access.ts';
import { labelValueProblems, qualifiedNameProblems } from './name-rules.ts';
import type { Json } from './structural-schema.ts';

/** Syntax of labels; every error points at the map, as kube-apiserver does. */
export function labelErrors(labels: Json | undefined, path: string): readonly FieldError[] {
  return Object.entries(objectIn({ labels: labels ?? null }, 'labels')).flatMap(([key, value]) => [
    ...qualifiedNameProblems(key).map((text) => invalidValue(path, key, text)),
    ...(typeof value === 'string' ? labelValueProblems(value).map((text) => invalidValue(path, value, text)) : []),
  ]);
}

/** Syntax of annotations, whose values are anything. */
export function annotationErrors(annotations: Json | undefined, path: string): readonly FieldError[] {
  return Object.keys(objectIn({ annotations: annotations ?? null }, 'annotations')).flatMap((key) =>
    qualifiedNameProblems(key.toLowerCase()).map((text) => invalidValue(path, key, text)),
  );
}

/** Syntax of a `metav1.LabelSelector`. */
export function selectorErrors(selector: Json | undefined, path: string): readonly FieldError[] {
  return [
    ...labelErrors(objectIn(selector, 'matchLabels'), `${path}.matchLabels`),
    ...eachIn(selector, 'matchExpressions', { path, check: expressionErrors }),
  ];
}

function expressionErrors(expression: Json, path: string): readonly FieldError[] {
  const operator = textIn(expression, 'operator');
  const values = listIn(expression, 'values').length;
  const key = textIn(expression, 'key');
  const errors = qualifiedNameProblems(key).map((text) => invalidValue(`${path}.key`, key, text));
  switch (operator) {
    case 'In':
    case 'NotIn': {
      const rule = "must be specified when `operator` is 'In' or 'NotIn'";
      return values === 0 ? [requiredValue(`${path}.values`, rule), ...errors] : errors;
    }
    case 'Exists':
    case 'DoesNotExist': {
      const rule = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
      return values > 0 ? [forbiddenValue(`${path}.values`, rule), ...errors] : errors;
    }
    default:
      return [invalidValue(`${path}.operator`, operator, 'not a valid selector operator'), ...errors];
  }
}
