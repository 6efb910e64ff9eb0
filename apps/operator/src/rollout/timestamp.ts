import { formatTime } from '@canaryop/reconcile/env';

/**
 * A moment as status keeps it: whole seconds, as every Kubernetes time, and rounded up, so that an interval
 * measured from it is never shorter than asked for.
 */
export function timestamp(epochMs: number): string {
  return formatTime(Math.ceil(epochMs / 1000) * 1000);
}
