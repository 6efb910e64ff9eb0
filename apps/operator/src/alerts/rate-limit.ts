import type { Clock } from '@canaryop/reconcile/env';

/** So many at once, and so many a second in the long run. */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

/** Whether one more may pass now; asking counts as passing. */
export function rateLimit(clock: Pick<Clock, 'monotonic'>, { burst, perSecond }: Rate): () => boolean {
  let left = burst;
  let sinceMs = clock.monotonic();
  return () => {
    const nowMs = clock.monotonic();
    left = Math.min(burst, left + ((nowMs - sinceMs) / 1000) * perSecond);
    sinceMs = nowMs;
    if (left < 1) return false;
    left -= 1;
    return true;
  };
}
