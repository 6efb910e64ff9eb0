import { aggregationParameter } from './aggregation-operators.ts';
import {
  isComparison,
  isSetOperator,
  type Aggregation,
  type Binary,
  type Call,
  type Expr,
  type Subquery,
  type Unary,
  type ValueType,
} from './ast.ts';
import type { PromqlFunction } from './functions/promql-function.ts';
import { findFunction } from './functions/registry.ts';
import { parseError, unsupported } from './query-error.ts';

/** The type of an expression that `checkTypes` accepted. */
export function typeOf(expr: Expr): ValueType {
  if (expr.kind === 'unary' || expr.kind === 'paren') return typeOf(expr.expr);
  if (expr.kind === 'call') return findFunction(expr.name)?.returns ?? 'instant vector';
  if (expr.kind === 'binary')
    return typeOf(expr.left) === 'scalar' && typeOf(expr.right) === 'scalar' ? 'scalar' : 'instant vector';
  return typesOfKinds[expr.kind];
}

const typesOfKinds = {
  number: 'scalar',
  string: 'string',
  'vector selector': 'instant vector',
  'matrix selector': 'range vector',
  subquery: 'range vector',
  aggregation: 'instant vector',
} as const satisfies Partial<Record<Expr['kind'], ValueType>>;

/** Throws `QueryError` for an expression that is well-formed but has no meaning, in Prometheus's words. */
export function checkTypes(expr: Expr, query: string): void {
  switch (expr.kind) {
    case 'paren':
      checkTypes(expr.expr, query);
      return;
    case 'subquery':
      checkSubquery(expr, query);
      return;
    case 'unary':
      checkUnary(expr, query);
      return;
    case 'binary':
      checkBinary(expr, query);
      return;
    case 'aggregation':
      checkAggregation(expr, query);
      return;
    case 'call':
      checkCall(expr, query);
      return;
    case 'number':
    case 'string':
    case 'vector selector':
    case 'matrix selector':
    default:
  }
}

function checkSubquery(expr: Subquery, query: string): void {
  checkTypes(expr.expr, query);
  const type = typeOf(expr.expr);
  if (type !== 'instant vector')
    throw parseError(query, expr.offset, `subquery is only allowed on instant vector, got ${type} instead`);
}

function checkUnary(expr: Unary, query: string): void {
  checkTypes(expr.expr, query);
  const type = typeOf(expr.expr);
  if (type === 'scalar' || type === 'instant vector') return;
  const message = `unary expression only allowed on expressions of type scalar or instant vector, got "${type}"`;
  throw parseError(query, expr.offset, message);
}

function checkBinary(expr: Binary, query: string): void {
  checkTypes(expr.left, query);
  checkTypes(expr.right, query);
  const problem = operandProblem(expr) ?? matchingProblem(expr);
  if (problem !== undefined) throw parseError(query, expr.offset, problem);
}

function operandProblem({ operator, bool, left, right }: Binary): string | undefined {
  const types = [typeOf(left), typeOf(right)];
  if (bool && !isComparison(operator)) return 'bool modifier can only be used on comparison operators';
  if (types.some((type) => type !== 'scalar' && type !== 'instant vector'))
    return 'binary expression must contain only scalar and instant vector types';
  if (types.every((type) => type === 'scalar') && isComparison(operator) && !bool)
    return 'comparisons between scalars must use BOOL modifier';
  if (types.includes('scalar') && isSetOperator(operator))
    return `set operator "${operator}" not allowed in binary scalar expression`;
  return undefined;
}

function matchingProblem({ operator, left, right, matching }: Binary): string | undefined {
  if (matching === undefined) return undefined;
  if ([typeOf(left), typeOf(right)].includes('scalar') && matching.labels.length > 0)
    return 'vector matching only allowed between instant vectors';
  if (isSetOperator(operator) && matching.many !== 'none') return `no grouping allowed for "${operator}" operation`;
  const both = matching.on ? matching.labels.find((label) => matching.include.includes(label)) : undefined;
  return both === undefined ? undefined : `label "${both}" must not occur in ON and GROUP clause at once`;
}

function checkAggregation(expr: Aggregation, query: string): void {
  const parameter = aggregationParameter(expr.operator);
  if (parameter === undefined) throw unsupported(`aggregation "${expr.operator}"`);
  checkTypes(expr.expr, query);
  if (typeOf(expr.expr) !== 'instant vector') {
    const got = typeOf(expr.expr);
    throw parseError(query, expr.expr.offset, `expected type instant vector in aggregation expression, got ${got}`);
  }
  if (expr.param === undefined || parameter === 'none') return;
  checkTypes(expr.param, query);
  const got = typeOf(expr.param);
  if (got !== parameter)
    throw parseError(query, expr.param.offset, `expected type ${parameter} in aggregation parameter, got ${got}`);
}

function checkCall(call: Call, query: string): void {
  for (const argument of call.args) checkTypes(argument, query);
  const spec = findFunction(call.name);
  if (spec === undefined) throw unsupported(`function "${call.name}"`);
  checkArgumentCount(call, spec, query);
  for (const [index, argument] of call.args.entries()) {
    const expected = spec.args[Math.min(index, spec.args.length - 1)];
    const got = typeOf(argument);
    if (got !== expected) {
      const message = `expected type ${expected} in call to function "${call.name}", got ${got}`;
      throw parseError(query, argument.offset, message);
    }
  }
}

function checkArgumentCount(call: Call, spec: PromqlFunction, query: string): void {
  const got = call.args.length;
  const most = spec.optional === 'repeat' ? Number.POSITIVE_INFINITY : spec.args.length;
  const least = spec.args.length - (spec.optional === 'repeat' ? 1 : (spec.optional ?? 0));
  if (got >= least && got <= most) return;
  let bound = '';
  if (least !== most) bound = got < least ? 'at least ' : 'at most ';
  const expected = `expected ${bound}${got < least ? least : most} argument(s)`;
  throw parseError(query, call.offset, `${expected} in call to "${call.name}", got ${got}`);
}
