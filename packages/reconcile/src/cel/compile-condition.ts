import { parsedExpression, checkErrorText } from './compile-rule.ts';
import { toCelValue } from './cel-value.ts';
import { CheckError } from './check-expression.ts';
import { dynType } from './decl-type.ts';
import { errorText } from './evaluate-rule.ts';
import { ruleEnvironment, type RuleEnvironment } from './rule-environment.ts';

/** Whether a condition holds for values of its variables, as JSON, or why that can't be said. */
export type Condition = (values: Readonly<Record<string, unknown>>) => boolean | { readonly error: string };

/** What compiling came to; the error is worded as kube-apiserver words it. */
export type ConditionCompilation =
  | { readonly ok: true; readonly condition: Condition }
  | { readonly ok: false; readonly error: string };

/**
 * Compiles a condition over variables that no schema describes, for instance the `object`, `oldObject` and `request` of
 * an admission webhook's matchConditions.
 */
export function compileCondition(
  expression: string,
  variables: readonly string[],
  environment: RuleEnvironment = ruleEnvironment(),
): ConditionCompilation {
  const parsed = parsedExpression(expression);
  if ('error' in parsed) return { ok: false, error: parsed.error };
  try {
    const { type } = environment.check(parsed.expr, new Map(variables.map((name) => [name, dynType])));
    if (type.kind !== 'bool' && type.kind !== 'dyn') return { ok: false, error: 'must evaluate to bool' };
  } catch (error) {
    if (error instanceof CheckError) return { ok: false, error: checkErrorText(expression, parsed, error) };
    throw error;
  }
  const evaluate = environment.plan(parsed);
  const condition: Condition = (values) => {
    const given = variables.map((name) => [name, toCelValue(values[name], undefined, environment.readers)] as const);
    const value = evaluate(Object.fromEntries(given));
    if (typeof value === 'boolean') return value;
    return { error: value instanceof Error ? errorText(value) : 'must evaluate to bool' };
  };
  return { ok: true, condition };
}
