import { dropsName, operate } from './arithmetic.ts';
import { isComparison, isSetOperator, type Binary } from './ast.ts';
import { distinctVector, scalar, type Sample, type Value } from './value.ts';
import { combineSets, matchVectors } from './vector-matching.ts';

/** One binary operation at one time. */
export function binary(expr: Binary, left: Value, right: Value): Value {
  if (left.type === 'scalar' && right.type === 'scalar') {
    return scalar(operate(expr.operator, true, left.value, right.value) ?? 0);
  }
  if (left.type === 'instant vector' && right.type === 'scalar') {
    return withScalar(expr, left.samples, (value) => [value, right.value]);
  }
  if (left.type === 'scalar' && right.type === 'instant vector') {
    return withScalar(expr, right.samples, (value) => [left.value, value]);
  }
  if (left.type !== 'instant vector' || right.type !== 'instant vector')
    throw new Error('types are checked before evaluation');
  if (isSetOperator(expr.operator)) return combineSets(expr, left.samples, right.samples);
  return matchVectors(expr, left.samples, right.samples);
}

/** A vector's samples against a scalar; a comparison without `bool` keeps those for which it holds, as they are. */
function withScalar(
  expr: Binary,
  samples: readonly Sample[],
  operands: (value: number) => readonly [left: number, right: number],
): Value {
  const results: Sample[] = [];
  for (const { labels, value } of samples) {
    const result = operate(expr.operator, expr.bool, ...operands(value));
    if (result === undefined) continue;
    // A comparison keeps the vector's value, on whichever side it stands.
    const isFilter = isComparison(expr.operator) && !expr.bool;
    results.push({ labels: dropsName(expr) ? labels.withoutName() : labels, value: isFilter ? value : result });
  }
  return distinctVector(results);
}
