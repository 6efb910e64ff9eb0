import type { OwnedSpec } from '../../api/v1/canaryapp.ts';
import type { RangeQuestion } from '../question.ts';

/** Seconds between two points of the range query. */
const stepSeconds = 5;
/** How far back a check looks, at most. */
const longestRangeMs = 120_000;

/**
 * The range query of a check at `now`: it ends now, and begins a whole number of steps earlier, but never before the
 * revision had its first traffic. Without `since` it asks about this moment alone.
 */
export function rangeQuestion(
  spec: Pick<OwnedSpec, 'prometheusQuery' | 'prometheusURL'>,
  now: number,
  since: number | undefined,
): RangeQuestion {
  const stepMs = stepSeconds * 1000;
  const reach = since === undefined ? 0 : Math.min(Math.max(now - since, 0), longestRangeMs);
  const startMs = now - Math.floor(reach / stepMs) * stepMs;
  const { prometheusURL: url, prometheusQuery: query } = spec;
  return { kind: 'range', field: 'prometheusURL', url, query, startMs, endMs: now, stepSeconds };
}
