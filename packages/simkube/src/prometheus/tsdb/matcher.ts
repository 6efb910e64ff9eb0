import type { AnchoredPattern } from '../anchored-pattern.ts';
import type { Labels } from '../labels.ts';

/** A condition on one label. A label that a series lacks has the empty value. */
export type Matcher =
  | { readonly name: string; readonly type: '=' | '!='; readonly value: string }
  | { readonly name: string; readonly type: '=~' | '!~'; readonly value: string; readonly pattern: AnchoredPattern };

/** Whether a label's value meets the condition. */
export function matchesValue(matcher: Matcher, value: string): boolean {
  const isMatch = 'pattern' in matcher ? matcher.pattern.test(value) : value === matcher.value;
  const isNegated = matcher.type === '!=' || matcher.type === '!~';
  return isMatch !== isNegated;
}

/** Whether a series meets all conditions. */
export function matchesAll(matchers: readonly Matcher[], labels: Labels): boolean {
  return matchers.every((matcher) => matchesValue(matcher, labels.get(matcher.name)));
}
