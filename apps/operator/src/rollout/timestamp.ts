import { formatMicroTime } from '@canaryop/reconcile/env';

/**
 * A moment as status keeps it: RFC 3339, to the millisecond, because steps are timed from it. Whole seconds are written
 * without a fraction, as Kubernetes writes all of its own.
 */
export function timestamp(epochMs: number): string {
  return formatMicroTime(epochMs).replace(/\.?0+Z$/, 'Z');
}
