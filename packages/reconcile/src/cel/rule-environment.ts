import {
  celEnv,
  isCelError,
  parse,
  plan,
  stringFunctions,
  type CelInput,
  type CelValue,
  type Expr,
} from './cel-library.ts';
import type { TimeReaders } from './cel-value.ts';
import { ExpressionChecker, type Checked, type Scope } from './check-expression.ts';
import { kubernetesFunctions } from './kubernetes-functions.ts';

/** What rules are compiled in: functions, checker and readers. Makes no difference to results; share one to save time. */
export interface RuleEnvironment {
  readonly check: (expression: Expr, scope: Scope) => Checked;
  /** Plans a parsed expression; evaluation gives a value or an error. */
  readonly plan: (
    expression: ReturnType<typeof parse>,
  ) => (variables: Readonly<Record<string, CelInput>>) => CelValue | Error;
  readonly readers: TimeReaders;
}

/** Makes an environment with the functions of Kubernetes' validation rules. */
export function ruleEnvironment(): RuleEnvironment {
  const base = celEnv();
  const less = plan(base, parse('a < b').expr);
  const equal = plan(base, parse('a == b').expr);
  const duration = plan(base, parse('duration(a)').expr);
  const timestamp = plan(base, parse('timestamp(a)').expr);
  const read = (reader: typeof duration, text: string): CelInput => {
    const value = reader({ a: text });
    if (isCelError(value)) throw new Error(value.message);
    return value;
  };
  const env = celEnv({
    funcs: [
      ...stringFunctions,
      ...kubernetesFunctions({
        less: (a, b) => less({ a, b }) === true,
        equal: (a, b) => equal({ a, b }) === true,
      }),
    ],
  });
  const checker = new ExpressionChecker();
  return {
    check: (expression, scope) => checker.check(expression, scope),
    plan: (expression) => {
      const evaluate = plan(env, expression.expr);
      return (variables) => evaluate({ ...variables });
    },
    readers: { duration: (text) => read(duration, text), timestamp: (text) => read(timestamp, text) },
  };
}
