import type { Matcher } from '../tsdb/matcher.ts';
import type { Aggregation, BinaryOperator, Expr, VectorMatching } from './ast.ts';
import { checkTypes } from './check-types.ts';
import { parseGrammar, type GrammarNode, type GrammarResult } from './grammar.ts';
import { parseNumber, parseString } from './literals.ts';
import { buildExpression, type OperatorToken } from './operators.ts';
import {
  atModifier,
  offsetModifier,
  rangeModifier,
  subqueryModifier,
  type PostfixModifier,
} from './postfix-modifiers.ts';
import { parseError, QueryError, unsupported } from './query-error.ts';
import { parseVectorSelector } from './vector-selector.ts';

/** Longer queries are refused: parsing and evaluation recurse, and their depth is bounded by the length. */
const maxQueryLength = 16_384;
const maxDepth = 500;

/**
 * The typed expression of a query. Throws `QueryError`: bad_data with the position for what is not PromQL,
 * execution for PromQL that this evaluator does not know.
 */
export function parsePromql(query: string): Expr {
  if (query.length > maxQueryLength) throw unsupported(`a query longer than ${maxQueryLength} characters`);
  const result = parseGrammar(query);
  if (!result.ok) throw grammarError(query, result);
  const [root] = result.root.children;
  if (root === undefined) throw noExpression();
  const expr = new Builder(query).expression(root, 0);
  checkTypes(expr, query);
  return expr;
}

/** The matchers of a query that is nothing but a selector, as the parameter `match[]` requires. */
export function parseSelector(
  query: string,
): { readonly ok: true; readonly matchers: readonly Matcher[] } | { readonly ok: false; readonly error: string } {
  try {
    const expr = parsePromql(query);
    if (expr.kind === 'vector selector' && expr.shift.offsetMs === 0 && expr.shift.at === undefined)
      return { ok: true, matchers: expr.matchers };
    return { ok: false, error: 'expected a series selector' };
  } catch (error) {
    if (error instanceof QueryError) return { ok: false, error: error.message };
    throw error;
  }
}

function noExpression(): QueryError {
  return new QueryError('bad_data', '1:1: parse error: no expression found in input');
}

function grammarError(query: string, result: Extract<GrammarResult, { ok: false }>): QueryError {
  if (result.previous === '') return noExpression();
  if (result.offset >= query.length) return parseError(query, query.length, 'unexpected end of input');
  if (query[result.offset] === '(') {
    const name = /[A-Za-z_:][\w:]*$/.exec(result.previous)?.[0];
    if (name === 'holt_winters') return unsupported('function "holt_winters"');
    if (name !== undefined)
      return parseError(query, result.offset - name.length, `unknown function with name "${name}"`);
  }
  const token = /^(?:\w+|[^\w\s])/.exec(query.slice(result.offset))?.[0] ?? '';
  return parseError(query, result.offset, `unexpected ${JSON.stringify(token)}`);
}

/** Turns the grammar's tree into typed expressions. */
class Builder {
  readonly #query: string;

  constructor(query: string) {
    this.#query = query;
  }

  expression(node: GrammarNode, depth: number): Expr {
    if (depth > maxDepth) throw unsupported(`an expression nested more than ${maxDepth} levels deep`);
    return buildExpression(this.#tokens(node, depth));
  }

  /** The operators of one level of parentheses, in source order. */
  #tokens(node: GrammarNode, depth: number): OperatorToken[] {
    if (depth > maxDepth) throw unsupported(`an expression nested more than ${maxDepth} levels deep`);
    const [first, second] = node.children;
    switch (node.name) {
      case 'BinaryExpr':
        return this.#binary(node, depth);
      case 'UnaryExpr':
        return second === undefined ? [] : [prefix(node), ...this.#tokens(second, depth + 1)];
      case 'NumberDurationLiteral':
        return this.#number(node);
      case 'AnchoredExpr':
      case 'SmoothedExpr':
        throw unsupported(`modifier "${node.children.at(-1)?.text ?? ''}"`);
      default: {
        const apply = postfixModifiers.get(node.name);
        if (apply === undefined || first === undefined) return [{ type: 'operand', expr: this.#operand(node, depth) }];
        return [...this.#tokens(first, depth + 1), { type: 'postfix', apply: apply({ node, query: this.#query }) }];
      }
    }
  }

  #binary(node: GrammarNode, depth: number): OperatorToken[] {
    const [left, operator] = node.children;
    const right = node.children.at(-1);
    if (left === undefined || operator === undefined || right === undefined) return [];
    const modifiers = node.children.slice(2, -1);
    if (operator.name === 'TrimUpper' || operator.name === 'TrimLower')
      throw unsupported(`operator "${operator.text}"`);
    if (modifiers.some((modifier) => modifier.name === 'FillModifier')) throw unsupported('modifier "fill"');
    const clause = modifiers.find((modifier) => modifier.name === 'MatchingModifierClause');
    const token: OperatorToken = {
      type: 'binary',
      operator: operator.text.toLowerCase() as BinaryOperator,
      bool: modifiers.some((modifier) => modifier.name === 'BoolModifier'),
      matching: clause === undefined ? undefined : vectorMatching(clause),
      offset: operator.from,
    };
    return [...this.#tokens(left, depth + 1), token, ...this.#tokens(right, depth + 1)];
  }

  #number(node: GrammarNode): OperatorToken[] {
    const sign = /^[+-]\s*/.exec(node.text)?.[0] ?? '';
    const value = parseNumber(node.text.slice(sign.length));
    if (value === undefined) throw parseError(this.#query, node.from, `bad number or duration syntax: "${node.text}"`);
    const literal: OperatorToken = {
      type: 'operand',
      expr: { kind: 'number', value, offset: node.from + sign.length },
    };
    return sign === '' ? [literal] : [prefix(node), literal];
  }

  #operand(node: GrammarNode, depth: number): Expr {
    const [first, second] = node.children;
    const offset = node.from;
    switch (node.name) {
      case 'StringLiteral': {
        const value = parseString(node.text);
        if (value === undefined) throw parseError(this.#query, offset, 'unterminated string or unknown escape');
        return { kind: 'string', value, offset };
      }
      case 'VectorSelector':
        return parseVectorSelector(node, this.#query);
      case 'ParenExpr':
        if (first === undefined) break;
        return { kind: 'paren', expr: this.expression(first, depth + 1), offset };
      case 'FunctionCall':
        return { kind: 'call', name: first?.text ?? '', args: this.#arguments(second, depth), offset };
      case 'AggregateExpr':
        return this.#aggregation(node, depth);
      default:
        break;
    }
    throw unsupported(`"${node.text}" (${node.name})`);
  }

  #arguments(body: GrammarNode | undefined, depth: number): Expr[] {
    return (body?.children ?? []).map((argument) => this.expression(argument, depth + 1));
  }

  #aggregation(node: GrammarNode, depth: number): Aggregation {
    const operator = (child(node, 'AggregateOp')?.text ?? '').toLowerCase();
    const modifier = child(node, 'AggregateModifier');
    const args = this.#arguments(child(node, 'FunctionCallBody'), depth);
    const expected = parametrized.has(operator) ? 2 : 1;
    const expr = args.at(-1);
    if (args.length !== expected || expr === undefined) {
      const got = `expected ${expected}, got ${args.length}`;
      throw parseError(this.#query, node.from, `wrong number of arguments for aggregate expression provided, ${got}`);
    }
    const param = expected === 2 ? args[0] : undefined;
    const without = modifier?.children[0]?.name === 'Without';
    const labels = groupingLabels(modifier === undefined ? undefined : child(modifier, 'GroupingLabels'));
    return { kind: 'aggregation', operator, expr, param, without, labels, offset: node.from };
  }
}

/** The modifiers that stand after an operand, by their node's name. */
const postfixModifiers: ReadonlyMap<string, (modifier: PostfixModifier) => (operand: Expr) => Expr> = new Map([
  ['OffsetExpr', offsetModifier],
  ['MatrixSelector', rangeModifier],
  ['SubqueryExpr', subqueryModifier],
  ['StepInvariantExpr', atModifier],
]);

/** Aggregations whose first argument is a parameter. */
const parametrized: ReadonlySet<string> = new Set([
  'topk',
  'bottomk',
  'quantile',
  'count_values',
  'limitk',
  'limit_ratio',
]);

function prefix(node: GrammarNode): OperatorToken {
  return { type: 'prefix', operator: node.text.startsWith('-') ? '-' : '+', offset: node.from };
}

function child(node: GrammarNode, name: string): GrammarNode | undefined {
  return node.children.find((candidate) => candidate.name === name);
}

function vectorMatching(clause: GrammarNode): VectorMatching {
  const [labels, include] = clause.children.filter((part) => part.name === 'GroupingLabels');
  let many: VectorMatching['many'] = 'none';
  if (child(clause, 'GroupLeft') !== undefined) many = 'left';
  if (child(clause, 'GroupRight') !== undefined) many = 'right';
  const on = child(clause, 'On') !== undefined;
  return { on, labels: groupingLabels(labels), many, include: groupingLabels(include) };
}

function groupingLabels(node: GrammarNode | undefined): string[] {
  return (node?.children ?? []).map((label) => {
    if (label.name === 'QuotedLabelName') throw unsupported('a quoted label name');
    return label.text;
  });
}
