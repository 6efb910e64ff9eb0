import type { PromqlFunction } from './promql-function.ts';

function ofVector(compute: (value: number) => number): PromqlFunction {
  return { kind: 'math', args: ['instant vector'], returns: 'instant vector', compute };
}

/** Functions of one instant vector that look at each value alone. */
export const mathFunctions: ReadonlyMap<string, PromqlFunction> = new Map<string, PromqlFunction>([
  ['abs', ofVector(Math.abs)],
  ['ceil', ofVector(Math.ceil)],
  ['floor', ofVector(Math.floor)],
  ['exp', ofVector(Math.exp)],
  ['ln', ofVector(Math.log)],
  ['log2', ofVector(Math.log2)],
  ['log10', ofVector(Math.log10)],
  ['sqrt', ofVector(Math.sqrt)],
  ['sgn', ofVector(Math.sign)],
  ['sin', ofVector(Math.sin)],
  ['cos', ofVector(Math.cos)],
  ['tan', ofVector(Math.tan)],
  ['asin', ofVector(Math.asin)],
  ['acos', ofVector(Math.acos)],
  ['atan', ofVector(Math.atan)],
  ['sinh', ofVector(Math.sinh)],
  ['cosh', ofVector(Math.cosh)],
  ['tanh', ofVector(Math.tanh)],
  ['asinh', ofVector(Math.asinh)],
  ['acosh', ofVector(Math.acosh)],
  ['atanh', ofVector(Math.atanh)],
  ['deg', ofVector((radians) => (radians * 180) / Math.PI)],
  ['rad', ofVector((degrees) => (degrees * Math.PI) / 180)],
  [
    'round',
    {
      kind: 'math',
      args: ['instant vector', 'scalar'],
      optional: 1,
      returns: 'instant vector',
      // Ties go up, and the reciprocal keeps `round(x, 0.1)` exact where a division by 0.1 would not be.
      compute: (value, [nearest = 1]) => Math.floor(value * (1 / nearest) + 0.5) / (1 / nearest),
    },
  ],
  ['clamp_min', bounded(maxOf)],
  ['clamp_max', bounded(minOf)],
]);

function bounded(compute: (value: number, bound: number) => number): PromqlFunction {
  return {
    kind: 'math',
    args: ['instant vector', 'scalar'],
    returns: 'instant vector',
    compute: (value, [bound = Number.NaN]) => compute(value, bound),
  };
}

/** The greater one. NaN when either is, but for +Inf, which nothing exceeds: that is how Go's math.Max has it. */
export function maxOf(left: number, right: number): number {
  const isInfinite = left === Number.POSITIVE_INFINITY || right === Number.POSITIVE_INFINITY;
  return isInfinite ? Number.POSITIVE_INFINITY : Math.max(left, right);
}

/** The lesser one. NaN when either is, but for -Inf, as in Go's math.Min. */
export function minOf(left: number, right: number): number {
  return -maxOf(-left, -right);
}
