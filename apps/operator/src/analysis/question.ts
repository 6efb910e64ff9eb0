import type { OwnedSpec } from '../api/v1/canaryapp.ts';
import type { Question } from './metric-provider.ts';

/** Seconds between two points of the range query. */
export const stepSeconds = 5;
/** How far back a check looks, at most. */
const longestRangeMs = 120_000;

/**
 * The range query of a check at `now`: it ends now, and begins a whole number of steps earlier, but never before the
 * revision had its first traffic. Without `since` it asks about this moment alone.
 */
export function questionAt(
  spec: Pick<OwnedSpec, 'prometheusQuery' | 'prometheusURL'>,
  now: number,
  since: number | undefined,
): Question {
  const stepMs = stepSeconds * 1000;
  const reach = since === undefined ? 0 : Math.min(Math.max(now - since, 0), longestRangeMs);
  const startMs = now - Math.floor(reach / stepMs) * stepMs;
  return { url: spec.prometheusURL, query: spec.prometheusQuery, startMs, endMs: now, stepSeconds };
}
