import type { BinaryOperator, Expr, VectorMatching } from './ast.ts';

/** An expression in the order in which it is written: operands, and the operators before, between and after them. */
export type OperatorToken =
  | { readonly type: 'operand'; readonly expr: Expr }
  | { readonly type: 'prefix'; readonly operator: '+' | '-'; readonly offset: number }
  | { readonly type: 'postfix'; readonly apply: (operand: Expr) => Expr }
  | {
      readonly type: 'binary';
      readonly operator: BinaryOperator;
      readonly bool: boolean;
      readonly matching: VectorMatching | undefined;
      readonly offset: number;
    };

const levels: readonly (readonly BinaryOperator[])[] = [
  ['or'],
  ['and', 'unless'],
  ['==', '!=', '<=', '<', '>=', '>'],
  ['+', '-'],
  ['*', '/', '%', 'atan2'],
  ['^'],
];
const precedence: ReadonlyMap<BinaryOperator, number> = new Map(
  levels.flatMap((operators, level) => operators.map((operator): [BinaryOperator, number] => [operator, level])),
);
const powerLevel = levels.length - 1;

/**
 * Builds the expression by Prometheus's precedence: postfix modifiers bind to the operand before them, `^` is right
 * associative and binds more tightly than a sign (`-1^2` is -1), everything else is left associative.
 */
export function buildExpression(tokens: readonly OperatorToken[]): Expr {
  let position = 0;

  function operand(): Expr {
    const token = tokens[position];
    position += 1;
    if (token?.type === 'prefix') {
      return { kind: 'unary', operator: token.operator, expr: binary(powerLevel), offset: token.offset };
    }
    if (token?.type !== 'operand') throw new Error('the grammar yields an operand here');
    let { expr } = token;
    for (let next = tokens[position]; next?.type === 'postfix'; next = tokens[position]) {
      expr = next.apply(expr);
      position += 1;
    }
    return expr;
  }

  function binary(minLevel: number): Expr {
    let left = operand();
    for (let token = tokens[position]; token?.type === 'binary'; token = tokens[position]) {
      const level = precedence.get(token.operator) ?? 0;
      if (level < minLevel) break;
      position += 1;
      const right = binary(level === powerLevel ? level : level + 1);
      const { operator, bool, matching } = token;
      left = { kind: 'binary', operator, left, right, bool, matching, offset: token.offset };
    }
    return left;
  }

  return binary(0);
}
