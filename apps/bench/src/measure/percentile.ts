/**
 * The smallest of `values` that at least this share of them does not exceed (nearest rank); 0 of no values.
 * @param share above 0, at most 1
 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(Math.ceil(sorted.length * share) - 1, 0)] ?? 0;
}
