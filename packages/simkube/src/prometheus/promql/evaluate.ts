import { aggregate } from './aggregate.ts';
import type { Call, Expr, MatrixSelector, Subquery, Unary, VectorSelector } from './ast.ts';
import { binary } from './binary.ts';
import type { Evaluation } from './evaluation.ts';
import type { PromqlFunction } from './functions/promql-function.ts';
import { findFunction } from './functions/registry.ts';
import { unsupported } from './query-error.ts';
import {
  distinctVector,
  instantVector,
  numberOf,
  samplesOf,
  scalar,
  type RangeSeries,
  type RangeVector,
  type Sample,
  type Value,
} from './value.ts';

/** The value of a checked expression at one time. A range query is this at each of its steps. */
export function evaluate(expr: Expr, timeMs: number, evaluation: Evaluation): Value {
  switch (expr.kind) {
    case 'number':
      return scalar(expr.value);
    case 'string':
      return { type: 'string', value: expr.value };
    case 'paren':
      return evaluate(expr.expr, timeMs, evaluation);
    case 'vector selector':
      return selectInstant(expr, timeMs, evaluation);
    case 'matrix selector':
      return selectRange(expr, timeMs, evaluation);
    case 'subquery':
      return evaluateSubquery(expr, timeMs, evaluation);
    case 'unary':
      return negate(expr, evaluate(expr.expr, timeMs, evaluation), evaluation);
    case 'binary':
      return binary(expr, evaluate(expr.left, timeMs, evaluation), evaluate(expr.right, timeMs, evaluation));
    case 'aggregation': {
      const param = expr.param === undefined ? undefined : evaluate(expr.param, timeMs, evaluation);
      return aggregate(expr, samplesOf(evaluate(expr.expr, timeMs, evaluation)), param);
    }
    case 'call':
      return call(expr, timeMs, evaluation);
    default:
      return unreachable(expr);
  }
}

function unreachable(expr: never): never {
  throw new Error(`unknown expression ${JSON.stringify(expr)}`);
}

function selectInstant(selector: VectorSelector, timeMs: number, evaluation: Evaluation): Value {
  const atMs = evaluation.shifted(timeMs, selector.shift);
  const samples: Sample[] = [];
  for (const series of evaluation.select(selector)) {
    const point = series.newestIn(atMs - evaluation.lookbackMs, atMs);
    if (point !== undefined) samples.push({ labels: series.labels, value: point.value, sampledMs: point.timeMs });
  }
  evaluation.spend(samples.length);
  return instantVector(samples);
}

function selectRange({ selector, rangeMs }: MatrixSelector, timeMs: number, evaluation: Evaluation): RangeVector {
  const endMs = evaluation.shifted(timeMs, selector.shift);
  const startMs = endMs - rangeMs;
  const found: RangeSeries[] = [];
  for (const series of evaluation.select(selector)) {
    const points = series.range(startMs, endMs);
    evaluation.spend(points.length);
    if (points.length > 0) found.push({ labels: series.labels, points });
  }
  return { type: 'range vector', series: found, startMs, endMs };
}

/** The inner expression at each multiple of the step inside the range. */
function evaluateSubquery(subquery: Subquery, timeMs: number, evaluation: Evaluation): RangeVector {
  const stepMs = subquery.stepMs ?? evaluation.subqueryStepMs;
  const endMs = evaluation.shifted(timeMs, subquery.shift);
  const startMs = endMs - subquery.rangeMs;
  const found = new Map<string, { labels: Sample['labels']; points: { timeMs: number; value: number }[] }>();
  for (let stepTimeMs = Math.ceil(startMs / stepMs) * stepMs; stepTimeMs <= endMs; stepTimeMs += stepMs) {
    const samples = samplesOf(evaluate(subquery.expr, stepTimeMs, evaluation));
    // A step costs something even without samples: `x[1y:1ms]` has 31 billion of them.
    evaluation.spend(1 + samples.length);
    for (const { labels, value } of samples) {
      const series = found.get(labels.key) ?? { labels, points: [] };
      found.set(labels.key, series);
      series.points.push({ timeMs: stepTimeMs, value });
    }
  }
  return { type: 'range vector', series: [...found.values()], startMs, endMs };
}

function negate(expr: Unary, operand: Value, evaluation: Evaluation): Value {
  if (expr.operator === '+') return operand;
  if (operand.type === 'scalar') return scalar(-operand.value);
  return instantVector(
    samplesOf(operand).map((sample) => {
      const labels = sample.labels.withoutName();
      evaluation.checkOrigin(expr, labels, sample.labels);
      return { labels, value: -sample.value };
    }),
  );
}

function call(expr: Call, timeMs: number, evaluation: Evaluation): Value {
  const spec = findFunction(expr.name);
  if (spec === undefined) throw unsupported(`function "${expr.name}"`);
  const args = expr.args.map((argument) => evaluate(argument, timeMs, evaluation));
  const params = args.filter((argument) => argument.type === 'scalar').map(numberOf);
  switch (spec.kind) {
    case 'range':
      return overRange(spec, { expr, args, params, timeMs }, evaluation);
    case 'math':
      return distinctVector(
        samplesOf(args[0]).map(({ labels, value }) => ({
          labels: labels.withoutName(),
          value: spec.compute(value, params),
        })),
      );
    case 'general':
    default:
      return spec.compute(args, { timeMs, call: expr });
  }
}

interface RangeCall {
  readonly expr: Call;
  readonly args: readonly Value[];
  readonly params: readonly number[];
  readonly timeMs: number;
}

function overRange(
  spec: Extract<PromqlFunction, { kind: 'range' }>,
  { expr, args, params, timeMs }: RangeCall,
  evaluation: Evaluation,
): Value {
  const range = args.find((argument) => argument.type === 'range vector');
  const results: Sample[] = [];
  for (const { labels: origin, points } of range?.series ?? []) {
    const value = range === undefined ? undefined : spec.compute(points, range, params, timeMs);
    if (value === undefined) continue;
    const labels = spec.keepsName === true ? origin : origin.withoutName();
    evaluation.checkOrigin(expr, labels, origin);
    results.push({ labels, value });
  }
  return instantVector(results);
}
