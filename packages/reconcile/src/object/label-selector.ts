import { ownValue } from './json.ts';

/** One comma-separated term of a label selector. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: 'in' | 'notin' | 'exists' | 'absent';
  readonly values: readonly string[];
}

const setTerm = /^([^\s!=,()]+)\s+(in|notin)\s*\(([^()]*)\)$/;
const equalTerm = /^([^\s!=,()]+)\s*(==|=|!=)\s*([^\s!=,()]*)$/;
const existsTerm = /^(!?)\s*([^\s!=,()]+)$/;

/**
 * Parses the text form of a label selector (`app=web,tier in (a, b),!legacy`), as the API server takes it in
 * `labelSelector`. Throws on text that is not one, naming the term.
 */
export function parseLabelSelector(text: string): readonly LabelRequirement[] {
  // A comma inside parentheses separates values, not terms.
  const terms = text.split(/,(?![^(]*\))/).map((term) => term.trim());
  if (terms.length === 1 && terms[0] === '') return [];
  return terms.map((term) => parseTerm(term, text));
}

function parseTerm(term: string, text: string): LabelRequirement {
  const set = setTerm.exec(term);
  if (set !== null) {
    const values = (set[3] ?? '').split(',').map((value) => value.trim());
    return { key: set[1] ?? '', operator: set[2] === 'in' ? 'in' : 'notin', values };
  }
  const equal = equalTerm.exec(term);
  if (equal !== null) {
    return { key: equal[1] ?? '', operator: equal[2] === '!=' ? 'notin' : 'in', values: [equal[3] ?? ''] };
  }
  const exists = existsTerm.exec(term);
  if (exists !== null) {
    return { key: exists[2] ?? '', operator: exists[1] === '!' ? 'absent' : 'exists', values: [] };
  }
  throw new Error(`label selector ${JSON.stringify(text)}: cannot read the term ${JSON.stringify(term)}`);
}

/** Whether labels meet every requirement. As on the API server, `notin` holds for a label that is absent. */
export function matchesLabels(
  requirements: readonly LabelRequirement[],
  labels: Readonly<Record<string, string>> | undefined,
): boolean {
  return requirements.every(({ key, operator, values }) => {
    const value = ownValue(labels ?? {}, key);
    const listed = typeof value === 'string' && values.includes(value);
    switch (operator) {
      case 'in':
        return listed;
      case 'notin':
        return !listed;
      case 'exists':
        return value !== undefined;
      case 'absent':
        return value === undefined;
      default:
        return operator satisfies never;
    }
  });
}
