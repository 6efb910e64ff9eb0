import { parseTime } from '@canaryop/reconcile/env';

import { parseFloatText } from '../promql/functions/float-text.ts';
import { parseDuration } from '../promql/literals.ts';

/** The range of times that are accepted, in milliseconds: within it whole milliseconds are exact. */
const maxTimeMs = 2 ** 52;

/** Whole milliseconds of a timestamp in seconds (with decimals) or RFC 3339; undefined when it is neither. */
export function parseTimestamp(text: string): number | undefined {
  const seconds = parseFloatText(text);
  const timeMs = seconds === undefined ? parseRfc3339(text) : Math.round(seconds * 1000);
  return timeMs !== undefined && Math.abs(timeMs) <= maxTimeMs ? timeMs : undefined;
}

function parseRfc3339(text: string): number | undefined {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(text) ? parseTime(text) : undefined;
}

/** Whole milliseconds of a duration in seconds (with decimals) or such as `15s`; undefined when it is neither. */
export function parseStep(text: string): number | undefined {
  const seconds = parseFloatText(text);
  const durationMs = seconds === undefined ? parseDuration(text) : Math.round(seconds * 1000);
  return durationMs !== undefined && Math.abs(durationMs) <= maxTimeMs ? durationMs : undefined;
}
