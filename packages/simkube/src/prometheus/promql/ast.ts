import type { Matcher } from '../tsdb/matcher.ts';

/** The four types that an expression can have. */
export type ValueType = 'scalar' | 'string' | 'instant vector' | 'range vector';

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | '^' | 'atan2';
export type ComparisonOperator = '==' | '!=' | '>' | '<' | '>=' | '<=';
export type SetOperator = 'and' | 'or' | 'unless';
export type BinaryOperator = ArithmeticOperator | ComparisonOperator | SetOperator;

/** Moves a selector in time. */
export interface TimeShift {
  /** Looks this far back; negative looks ahead. Default 0. */
  readonly offsetMs: number;
  /** Replaces the evaluation time: an instant, or an end of the query's range. */
  readonly at?: number | 'start' | 'end';
}

/** How the series of two vectors find each other. */
export interface VectorMatching {
  /** `on`: exactly these labels; else `ignoring`: all labels but these. */
  readonly on: boolean;
  readonly labels: readonly string[];
  /** Which side may have many series for one of the other. */
  readonly many: 'none' | 'left' | 'right';
  /** Labels that the many side takes from the one side. */
  readonly include: readonly string[];
}

interface Node {
  /** Where it starts in the query (a binary expression: where its operator is), for error messages. */
  readonly offset: number;
}

interface NumberLiteral extends Node {
  readonly kind: 'number';
  readonly value: number;
}
interface StringLiteral extends Node {
  readonly kind: 'string';
  readonly value: string;
}
export interface VectorSelector extends Node {
  readonly kind: 'vector selector';
  readonly matchers: readonly Matcher[];
  readonly shift: TimeShift;
}
export interface MatrixSelector extends Node {
  readonly kind: 'matrix selector';
  readonly selector: VectorSelector;
  readonly rangeMs: number;
}
export interface Subquery extends Node {
  readonly kind: 'subquery';
  readonly expr: Expr;
  readonly rangeMs: number;
  /** Undefined: the default evaluation interval. */
  readonly stepMs: number | undefined;
  readonly shift: TimeShift;
}
export interface Call extends Node {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly Expr[];
}
export interface Aggregation extends Node {
  readonly kind: 'aggregation';
  readonly operator: string;
  readonly expr: Expr;
  readonly param: Expr | undefined;
  readonly without: boolean;
  readonly labels: readonly string[];
}
export interface Unary extends Node {
  readonly kind: 'unary';
  readonly operator: '+' | '-';
  readonly expr: Expr;
}
export interface Binary extends Node {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Expr;
  readonly right: Expr;
  /** A comparison that yields 0 or 1 instead of filtering. */
  readonly bool: boolean;
  /** Undefined when the query has no `on` or `ignoring`: all labels match. */
  readonly matching: VectorMatching | undefined;
}
interface Paren extends Node {
  readonly kind: 'paren';
  readonly expr: Expr;
}

/** A parsed PromQL expression. */
export type Expr =
  | NumberLiteral
  | StringLiteral
  | VectorSelector
  | MatrixSelector
  | Subquery
  | Call
  | Aggregation
  | Unary
  | Binary
  | Paren;

const comparisons: ReadonlySet<string> = new Set<ComparisonOperator>(['==', '!=', '>', '<', '>=', '<=']);
const setOperators: ReadonlySet<string> = new Set<SetOperator>(['and', 'or', 'unless']);

/** Whether an operator compares. */
export function isComparison(operator: BinaryOperator): operator is ComparisonOperator {
  return comparisons.has(operator);
}

/** Whether an operator combines whole vectors. */
export function isSetOperator(operator: BinaryOperator): operator is SetOperator {
  return setOperators.has(operator);
}

/** An expression without the parentheses around it. */
export function unwrap(expr: Expr): Expr {
  return expr.kind === 'paren' ? unwrap(expr.expr) : expr;
}
