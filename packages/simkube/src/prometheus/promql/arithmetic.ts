import {
  isComparison,
  isSetOperator,
  type ArithmeticOperator,
  type Binary,
  type BinaryOperator,
  type ComparisonOperator,
} from './ast.ts';

/** IEEE 754 arithmetic as Go does it. */
function calculate(operator: ArithmeticOperator, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '%':
      return left % right;
    case '^':
      return power(left, right);
    case 'atan2':
    default:
      return Math.atan2(left, right);
  }
}

/** JavaScript calls 1^NaN and (-1)^Inf not a number; IEEE 754 and Go say 1. */
function power(base: number, exponent: number): number {
  if (base === 1) return 1;
  if (base === -1 && Math.abs(exponent) === Number.POSITIVE_INFINITY) return 1;
  return base ** exponent;
}

/** Whether a comparison holds; with NaN only `!=` does. */
function compare(operator: ComparisonOperator, left: number, right: number): boolean {
  switch (operator) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '>':
      return left > right;
    case '<':
      return left < right;
    case '>=':
      return left >= right;
    case '<=':
    default:
      return left <= right;
  }
}

/**
 * The result of an arithmetic operator or a comparison: with `bool` 0 or 1, else the left operand when the comparison
 * holds and undefined when it does not.
 */
export function operate(operator: BinaryOperator, bool: boolean, left: number, right: number): number | undefined {
  if (isSetOperator(operator)) return undefined;
  if (!isComparison(operator)) return calculate(operator, left, right);
  const holds = compare(operator, left, right);
  if (bool) return holds ? 1 : 0;
  return holds ? left : undefined;
}

/**
 * Whether the result loses the metric's name: a computed value is no longer that metric, what a filter lets through is.
 * Prometheus 2.42 keeps it for atan2.
 */
export function dropsName({ operator, bool }: Binary): boolean {
  return bool || !(isComparison(operator) || isSetOperator(operator) || operator === 'atan2');
}
