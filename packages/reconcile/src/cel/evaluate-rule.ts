import { isCelError, type CelInput } from './cel-library.ts';
import { toCelValue } from './cel-value.ts';
import type { CompiledRule } from './compile-rule.ts';

/** What a rule is evaluated on: values of the node that it stands on, as JSON. */
export interface RuleInput {
  readonly self: unknown;
  /** The value before an update; a rule that uses `oldSelf` applies only where there is one. */
  readonly oldSelf?: unknown;
}

/** Whether the rule holds, or why it could not be evaluated. */
export type RuleOutcome = { readonly ok: boolean } | { readonly error: string };

/** Evaluates a rule. A transition rule without an old value holds. */
export function evaluateRule(rule: CompiledRule, input: RuleInput): RuleOutcome {
  if (rule.usesOldSelf && input.oldSelf === undefined) return { ok: true };
  const value = evaluated(rule, input);
  if (typeof value === 'boolean') return { ok: value };
  return { error: value instanceof Error ? errorText(value) : 'the rule gives no bool' };
}

/** Evaluates a `messageExpression`; undefined when it fails or gives nothing printable, and the plain message is due. */
export function evaluateMessage(rule: CompiledRule, input: RuleInput): string | undefined {
  const value = evaluated(rule, input);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  // Limits of kube-apiserver: 5 KiB, one line.
  return text === '' || text.includes('\n') || text.length > 5 * 1024 ? undefined : text;
}

function evaluated(rule: CompiledRule, { self, oldSelf }: RuleInput): unknown {
  const { schema, isResource, environment } = rule;
  const convert = (value: unknown): CelInput => toCelValue(value, schema, environment.readers, isResource);
  try {
    return rule.evaluate({ self: convert(self), ...(rule.usesOldSelf ? { oldSelf: convert(oldSelf) } : {}) });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** The library's errors in cel-go's words, which users look up. */
export function errorText(error: Error): string {
  const cause = isCelError(error) && error.cause instanceof Error ? error.cause.message : error.message;
  return (error.message === '' ? cause : error.message)
    .replace(/^field not found: /u, 'no such key: ')
    .replace(/^index (-?\d+) out of bounds.*$/u, 'index out of bounds: $1')
    .replace(/^found no matching overload for .*$/u, 'no such overload');
}
