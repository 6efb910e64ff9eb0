import { describe, expect, it } from 'vitest';

import type { Aggregation, Binary, Expr, TimeShift, VectorSelector } from './ast.ts';
import { parsePromql } from './parse.ts';
import { QueryError } from './query-error.ts';

/** The expression with all its parentheses. */
function render(expr: Expr): string {
  switch (expr.kind) {
    case 'vector selector':
      return renderSelector(expr);
    case 'matrix selector':
      return `${render(expr.selector)}[${expr.rangeMs}]`;
    case 'subquery':
      return `${render(expr.expr)}[${expr.rangeMs}:${expr.stepMs ?? ''}]${shown(expr.shift)}`;
    case 'call':
      return `${expr.name}(${expr.args.map(render).join(',')})`;
    case 'aggregation':
      return renderAggregation(expr);
    case 'unary':
      return `(${expr.operator}${render(expr.expr)})`;
    case 'paren':
      return render(expr.expr);
    case 'binary':
      return renderBinary(expr);
    case 'number':
    case 'string':
    default:
      return String(expr.value);
  }
}

function renderSelector({ matchers, shift }: VectorSelector): string {
  const conditions = matchers.map(({ name, type, value }) =>
    name === '__name__' ? value : `{${name}${type}${value}}`,
  );
  return conditions.join('') + shown(shift);
}

function renderAggregation({ operator, without, labels, param, expr }: Aggregation): string {
  const args = param === undefined ? [expr] : [param, expr];
  return `${operator}${without ? '-' : '+'}[${labels.join(',')}](${args.map(render).join(',')})`;
}

function renderBinary({ left, operator, bool, matching, right }: Binary): string {
  const parts = [render(left), operator];
  if (bool) parts.push('bool');
  if (matching !== undefined) {
    const { on, labels, many, include } = matching;
    parts.push(`${on ? 'on' : 'ignoring'}[${labels.join(',')}]${many}[${include.join(',')}]`);
  }
  return `(${[...parts, render(right)].join(' ')})`;
}

function shown({ offsetMs, at }: TimeShift): string {
  return (at === undefined ? '' : `@${at}`) + (offsetMs === 0 ? '' : `-${offsetMs}`);
}

function failure(query: string): string {
  try {
    return render(parsePromql(query));
  } catch (error) {
    if (error instanceof QueryError) return `${error.errorType}: ${error.message}`;
    throw error;
  }
}

describe('parsing', () => {
  it.each([
    ['a + b * c', '(a + (b * c))'],
    ['a * b + c', '((a * b) + c)'],
    ['a - b - c', '((a - b) - c)'],
    ['a ^ b ^ c', '(a ^ (b ^ c))'],
    ['a or b and c unless d', '(a or ((b and c) unless d))'],
    ['a > b == c', '((a > b) == c)'],
    ['a + b > c and d', '(((a + b) > c) and d)'],
    ['-1 ^ 2', '(-(1 ^ 2))'],
    ['-a * b', '((-a) * b)'],
    ['2 ^ -1 ^ 2', '(2 ^ (-(1 ^ 2)))'],
    ['1 - -1', '(1 - (-1))'],
    ['a + b offset 5m', '(a + b-300000)'],
    ['a + b offset 5m * c', '(a + (b-300000 * c))'],
    ['-a offset 5m', '(-a-300000)'],
    ['a offset -5m', 'a--300000'],
    ['a @ 1.5 offset 1s', 'a@1500-1000'],
    ['rate(a[5m] @ end())', 'rate(a@end[300000])'],
    ['max_over_time((a + b)[5m:30s] offset 1m)', 'max_over_time((a + b)[300000:30000]-60000)'],
    ['min_over_time(a[5m:])', 'min_over_time(a[300000:])'],
    ['sum by (x, y,) (a)', 'sum+[x,y](a)'],
    ['SUM(a) WITHOUT (x)', 'sum-[x](a)'],
    ['topk(3, a)', 'topk+[](3,a)'],
    ['a / on (x) group_left (y) b', '(a / on[x]left[y] b)'],
    ['a / ignoring (x) group_right b', '(a / ignoring[x]right[] b)'],
    ['a == bool on () b', '(a == bool on[]none[] b)'],
    ['{__name__="a", b=~"c|d", e!~\'f\',}', 'a{b=~c|d}{e!~f}'],
    ['sum', 'sum'],
    ['rate{by="x"}', 'rate{by=x}'],
    ['a # a comment', 'a'],
  ])('%s is %s', (query, expected) => {
    expect(render(parsePromql(query))).toBe(expected);
  });

  it.each([
    ['', 'bad_data: 1:1: parse error: no expression found in input'],
    ['a +', 'bad_data: 1:4: parse error: unexpected end of input'],
    ['a\n+ b c', 'bad_data: 2:5: parse error: unexpected "c"'],
    ['sum(rte(a[5m]))', 'bad_data: 1:5: parse error: unknown function with name "rte"'],
    ['a{b="c}', 'bad_data: 1:8: parse error: unexpected end of input'],
    [
      'rate(a)',
      'bad_data: 1:6: parse error: expected type range vector in call to function "rate", got instant vector',
    ],
    ['rate(a[5m], 1)', 'bad_data: 1:1: parse error: expected 1 argument(s) in call to "rate", got 2'],
    ['1 > 2', 'bad_data: 1:3: parse error: comparisons between scalars must use BOOL modifier'],
    ['{}', 'bad_data: 1:1: parse error: vector selector must contain at least one non-empty matcher'],
    ['hour(a)', 'execution: function "hour" is not supported by the embedded PromQL evaluator'],
  ])('%j fails with %s', (query, expected) => {
    expect(failure(query)).toBe(expected);
  });

  it.each([
    ['too long', `a + ${'a'.repeat(16_384)}`],
    ['nested too deeply', `${'('.repeat(2000)}1${')'.repeat(2000)}`],
    ['a chain that is too long', Array.from({ length: 900 }, () => '1').join('+')],
  ])('refuses a query that is %s instead of overflowing the stack', (_case, query) => {
    expect(failure(query)).toMatch(/^execution: .* is not supported/);
  });
});
