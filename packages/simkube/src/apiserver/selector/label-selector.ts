import { labelValueProblems, qualifiedNameProblems } from '../../schema/name-rules.ts';
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

type Groups = Readonly<Record<string, string | undefined>>;

function termPredicate(term: string): LabelPredicate | undefined {
  const set = setTerm.exec(term)?.groups;
  if (set !== undefined) {
    const values = (set['values'] ?? '').split(',').map((value) => value.trim());
    return areLabels(set['key'], values) ? setPredicate(set) : undefined;
  }
  const equality = equalityTerm.exec(term)?.groups;
  if (equality !== undefined) return equalityPredicate(equality);
  const exists = existsTerm.exec(term)?.groups;
  return exists === undefined ? undefined : existsPredicate(exists);
}

function equalityPredicate({ key = '', operator, value = '' }: Groups): LabelPredicate | undefined {
  if (!areLabels(key, [value])) return undefined;
  const isEqual = valueTest(key, (found) => found === value);
  return operator === '!=' ? not(isEqual) : isEqual;
}

function existsPredicate({ key = '', not: negation }: Groups): LabelPredicate | undefined {
  if (!areLabels(key, [])) return undefined;
  const isPresent = valueTest(key, () => true);
  return negation === '!' ? not(isPresent) : isPresent;
}

function areLabels(key: string | undefined, values: readonly string[]): boolean {
  return (
    qualifiedNameProblems(key ?? '').length === 0 && values.every((value) => labelValueProblems(value).length === 0)
  );
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

/** Whether a text is a label selector. */
export function isLabelSelector(selector: string): boolean {
  return terms(selector).every((term) => termPredicate(term) !== undefined);
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
