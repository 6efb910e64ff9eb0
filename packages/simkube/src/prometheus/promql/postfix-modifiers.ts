import type { Expr, MatrixSelector, Subquery, TimeShift, VectorSelector } from './ast.ts';
import type { GrammarNode } from './grammar.ts';
import { parseDuration, parseNumber } from './literals.ts';
import { parseError, unsupported } from './query-error.ts';

/** A modifier that stands after an operand: its node (first child: what the grammar took for the operand) and the query. */
export interface PostfixModifier {
  readonly node: GrammarNode;
  readonly query: string;
}

type Shiftable = VectorSelector | MatrixSelector | Subquery;

/** `[5m]` */
export function rangeModifier({ node, query }: PostfixModifier): (operand: Expr) => MatrixSelector {
  const rangeMs = positiveDuration(node.children[1], query);
  return (operand) => {
    const refuse = (message: string): Error => parseError(query, operand.offset, message);
    if (operand.kind !== 'vector selector') throw refuse('ranges only allowed for vector selectors');
    if (operand.shift.offsetMs !== 0) throw refuse('no offset modifiers allowed before range');
    if (operand.shift.at !== undefined) throw refuse('no @ modifiers allowed before range');
    return { kind: 'matrix selector', selector: operand, rangeMs, offset: operand.offset };
  };
}

/** `[5m:10s]` and `[5m:]` */
export function subqueryModifier({ node, query }: PostfixModifier): (operand: Expr) => Subquery {
  const [, range, step] = node.children;
  const rangeMs = positiveDuration(range, query);
  const stepMs = step === undefined ? undefined : positiveDuration(step, query);
  return (expr) => ({ kind: 'subquery', expr, rangeMs, stepMs, shift: { offsetMs: 0 }, offset: expr.offset });
}

/** `offset 5m` and `offset -5m` */
export function offsetModifier({ node, query }: PostfixModifier): (operand: Expr) => Shiftable {
  const amount = node.children[2];
  const isNegative = amount?.children[0]?.name === 'UnaryOp' && amount.text.startsWith('-');
  const value = amount?.children[0]?.name === 'UnaryOp' ? amount.children[1] : amount;
  const offsetMs = durationOf(value, query) * (isNegative ? -1 : 1);
  return (operand) =>
    shift(operand, (current) => {
      if (current.offsetMs !== 0) throw parseError(query, operand.offset, 'offset may not be set multiple times');
      return { ...current, offsetMs };
    }) ?? refuseOperand('offset', operand, query);
}

/** `@ 1609746000`, `@ start()` and `@ end()` */
export function atModifier({ node, query }: PostfixModifier): (operand: Expr) => Shiftable {
  const value = node.children[2];
  const at = atTime(value, query);
  return (operand) =>
    shift(operand, (current) => {
      if (current.at !== undefined) throw parseError(query, operand.offset, '@ modifier may not be set multiple times');
      return { ...current, at };
    }) ?? refuseOperand('@', operand, query);
}

function atTime(value: GrammarNode | undefined, query: string): number | 'start' | 'end' {
  if (value?.name === 'AtModifierPreprocessors') return value.text.startsWith('start') ? 'start' : 'end';
  const text = value?.text ?? '';
  const seconds = parseNumber(text.replace(/^[+-]\s*/, ''));
  if (seconds === undefined || !Number.isFinite(seconds))
    throw parseError(query, value?.from ?? 0, `timestamp out of bounds for @ modifier: ${text}`);
  return Math.round(seconds * 1000) * (text.startsWith('-') ? -1 : 1);
}

/** The operand moved in time; undefined when it is nothing that looks at a time. */
function shift(operand: Expr, change: (current: TimeShift) => TimeShift): Shiftable | undefined {
  if (operand.kind === 'vector selector' || operand.kind === 'subquery')
    return { ...operand, shift: change(operand.shift) };
  if (operand.kind !== 'matrix selector') return undefined;
  return { ...operand, selector: { ...operand.selector, shift: change(operand.selector.shift) } };
}

function refuseOperand(modifier: string, operand: Expr, query: string): never {
  const allowed = 'an instant vector selector or range vector selector or a subquery';
  throw parseError(query, operand.offset, `${modifier} modifier must be preceded by ${allowed}`);
}

function positiveDuration(node: GrammarNode | undefined, query: string): number {
  const durationMs = durationOf(node, query);
  if (durationMs <= 0) throw parseError(query, node?.from ?? 0, 'duration must be greater than 0');
  return durationMs;
}

function durationOf(node: GrammarNode | undefined, query: string): number {
  const text = node?.text ?? '';
  if (node?.children.length !== 1 || node.children[0]?.name !== 'NumberDurationLiteralInDurationContext')
    throw unsupported(`duration expression "${text}"`);
  const durationMs = parseDuration(text);
  if (durationMs !== undefined) return durationMs;
  if (parseNumber(text) !== undefined) throw unsupported(`a duration without a unit ("${text}")`);
  throw parseError(query, node.from, `not a valid duration string: "${text}"`);
}
