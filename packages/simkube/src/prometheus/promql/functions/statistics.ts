/** A running sum that keeps the low-order bits that an addition loses (Neumaier's variant of Kahan's summation). */
interface CompensatedSum {
  readonly total: number;
  readonly compensation: number;
}

function addCompensated({ total, compensation }: CompensatedSum, increment: number): CompensatedSum {
  const next = total + increment;
  const lost = Math.abs(total) >= Math.abs(increment) ? total - next + increment : increment - next + total;
  return { total: next, compensation: compensation + lost };
}

function resultOf({ total, compensation }: CompensatedSum): number {
  return Number.isFinite(total) ? total + compensation : total;
}

/** The sum, without the rounding errors of adding one by one. */
export function sum(values: readonly number[]): number {
  let running: CompensatedSum = { total: 0, compensation: 0 };
  for (const value of values) running = addCompensated(running, value);
  return resultOf(running);
}

/** The arithmetic mean without the rounding errors of adding one by one (`avg_over_time`). */
export function mean(values: readonly number[]): number {
  let running: CompensatedSum = { total: 0, compensation: 0 };
  for (const [index, value] of values.entries()) {
    const count = index + 1;
    if (!keepsInfinity(running.total, value)) running = addCompensated(running, value / count - running.total / count);
  }
  return resultOf(running);
}

/** The arithmetic mean as Prometheus 2 aggregates: incremental, so that it does not overflow where the sum would. */
export function incrementalMean(values: readonly number[]): number {
  let average = values[0] ?? Number.NaN;
  for (let index = 1; index < values.length; index += 1) {
    const value = values[index] ?? Number.NaN;
    const count = index + 1;
    if (!keepsInfinity(average, value)) average += value / count - average / count;
  }
  return average;
}

/** An infinite mean stays, unless the opposite infinity comes: subtracting it from itself would make a NaN. */
function keepsInfinity(average: number, value: number): boolean {
  return Math.abs(average) === Number.POSITIVE_INFINITY && !Number.isNaN(value) && value !== -average;
}

/** The greatest value; NaN only when there is nothing else. */
export function max(values: readonly number[]): number {
  return values.reduce((best, value) => (value > best || Number.isNaN(best) ? value : best), Number.NaN);
}

/** The least value; NaN only when there is nothing else. */
export function min(values: readonly number[]): number {
  return values.reduce((best, value) => (value < best || Number.isNaN(best) ? value : best), Number.NaN);
}

/** The population variance (Welford's algorithm). */
export function variance(values: readonly number[]): number {
  let average = 0;
  let squares = 0;
  for (const [index, value] of values.entries()) {
    const delta = value - average;
    average += delta / (index + 1);
    squares += delta * (value - average);
  }
  return squares / values.length;
}

/** The φ-quantile with linear interpolation between ranks; -Inf below 0, +Inf above 1, NaN of nothing. */
export function quantile(phi: number, values: readonly number[]): number {
  if (values.length === 0 || Number.isNaN(phi)) return Number.NaN;
  if (phi < 0) return Number.NEGATIVE_INFINITY;
  if (phi > 1) return Number.POSITIVE_INFINITY;
  const sorted = values.toSorted(nanFirst);
  const rank = phi * (sorted.length - 1);
  const lower = Math.floor(rank);
  const upper = Math.min(sorted.length - 1, lower + 1);
  const weight = rank - lower;
  return (sorted[lower] ?? Number.NaN) * (1 - weight) + (sorted[upper] ?? Number.NaN) * weight;
}

function nanFirst(left: number, right: number): number {
  if (Number.isNaN(left) || Number.isNaN(right)) return Number(Number.isNaN(right)) - Number(Number.isNaN(left));
  return left - right;
}
