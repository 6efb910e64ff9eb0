import { isJsonObject, listAt, objectAt, stringAt } from '../object/api-object.ts';

/** The text form of `metav1.LabelSelector` (or of a plain label map): `a=b,c in (d,e)`. Empty for no requirement. */
export function selectorText(selector: unknown): string {
  const isFull = isJsonObject(selector) && ('matchLabels' in selector || 'matchExpressions' in selector);
  const labels = isFull ? objectAt(selector, 'matchLabels') : objectAt({ selector }, 'selector');
  const equal = Object.entries(labels).map(([key, value]) => `${key}=${String(value)}`);
  const expressions = isFull ? listAt(selector, 'matchExpressions').map(expressionText) : [];
  return [...equal.sort(), ...expressions].join(',');
}

function expressionText(expression: unknown): string {
  const key = stringAt(expression, 'key') ?? '';
  const values = listAt(expression, 'values').map(String).join(',');
  const texts = new Map([
    ['In', `${key} in (${values})`],
    ['NotIn', `${key} notin (${values})`],
    ['Exists', key],
    ['DoesNotExist', `!${key}`],
  ]);
  return texts.get(stringAt(expression, 'operator') ?? '') ?? key;
}
