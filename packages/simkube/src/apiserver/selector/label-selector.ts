import { badRequest } from '../status/refusals.ts';
import { isJsonObject, listAt, objectAt, stringAt } from '../object/api-object.ts';

/** Whether a set of labels is selected. */
export type LabelPredicate = (labels: Readonly<Record<string, string>>) => boolean;

const setTerm = /^(?<key>\S+)\s+(?<operator>in|notin)\s*\((?<values>[^)]*)\)$/u;
const equalityTerm = /^(?<key>[^\s=!]+)\s*(?<operator>==|=|!=)\s*(?<value>[^\s=!]*)$/u;
const existsTerm = /^(?<not>!?)\s*(?<key>[^\s=!(),]+)$/u;

/** Splits at commas that are not inside parentheses. */
function terms(selector: string): readonly string[] {
  return selector
    .split(/,(?![^(]*\))/u)
    .map((term) => term.trim())
    .filter((term) => term !== '');
}

function valueTest(key: string, isWanted: (value: string) => boolean): LabelPredicate {
  return (labels) => Object.hasOwn(labels, key) && isWanted(labels[key] ?? '');
}

function not(predicate: LabelPredicate): LabelPredicate {
  return (labels) => !predicate(labels);
}

function setPredicate(groups: Readonly<Record<string, string | undefined>>): LabelPredicate {
  const values = new Set((groups['values'] ?? '').split(',').map((value) => value.trim()));
  const isIn = valueTest(groups['key'] ?? '', (value) => values.has(value));
  return groups['operator'] === 'in' ? isIn : not(isIn);
}

function termPredicate(term: string): LabelPredicate | undefined {
  const set = setTerm.exec(term)?.groups;
  if (set !== undefined) return setPredicate(set);
  const equality = equalityTerm.exec(term)?.groups;
  if (equality !== undefined) {
    const isEqual = valueTest(equality['key'] ?? '', (value) => value === equality['value']);
    return equality['operator'] === '!=' ? not(isEqual) : isEqual;
  }
  const exists = existsTerm.exec(term)?.groups;
  if (exists === undefined) return undefined;
  const isPresent = valueTest(exists['key'] ?? '', () => true);
  return exists['not'] === '!' ? not(isPresent) : isPresent;
}

/** Compiles the text form of a label selector. A selector that cannot be read is a 400. */
export function parseLabelSelector(selector: string): LabelPredicate {
  const predicates = terms(selector).map((term) => {
    const predicate = termPredicate(term);
    if (predicate === undefined)
      throw badRequest(`unable to parse requirement: ${JSON.stringify(term)} is not a label requirement`);
    return predicate;
  });
  return (labels) => predicates.every((predicate) => predicate(labels));
}

/** Compiles `metav1.LabelSelector` (matchLabels and matchExpressions). An empty one selects everything. */
export function compileLabelSelector(selector: unknown): LabelPredicate {
  const equal = Object.entries(objectAt(selector, 'matchLabels'));
  const expressions = listAt(selector, 'matchExpressions').filter(isJsonObject);
  return (labels) =>
    equal.every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value) &&
    expressions.every((expression) => matchesExpression(expression, labels));
}

function matchesExpression(
  expression: Readonly<Record<string, unknown>>,
  labels: Readonly<Record<string, string>>,
): boolean {
  const key = stringAt(expression, 'key') ?? '';
  const isPresent = Object.hasOwn(labels, key);
  const isIn = isPresent && listAt(expression, 'values').includes(labels[key]);
  const results = new Map([
    ['In', isIn],
    ['NotIn', !isIn],
    ['Exists', isPresent],
    ['DoesNotExist', !isPresent],
  ]);
  return results.get(stringAt(expression, 'operator') ?? '') ?? false;
}
