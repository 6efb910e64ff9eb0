/** Decides how long a key that failed waits before it is tried again. */
export interface RateLimiter {
  /** The delay before the next try, in milliseconds; each call counts as one failure. */
  nextDelayMs(key: string): number;
  /** Starts over: the next failure waits the shortest delay again. */
  forget(key: string): void;
  /** Failures since the key was last forgotten. */
  failures(key: string): number;
}

/** Bounds of the exponential back-off. */
export interface BackoffOptions {
  /** The first delay. @default 5 */
  readonly baseMs?: number;
  /** No delay is longer. @default 1_000_000 (16 min 40 s) */
  readonly maxMs?: number;
}

/** Doubles the delay of a key with each of its failures, from 5 ms to 1000 s: client-go's per-item limiter. */
export function exponentialBackoff(options: BackoffOptions = {}): RateLimiter {
  const { baseMs = 5, maxMs = 1_000_000 } = options;
  const failures = new Map<string, number>();
  return {
    nextDelayMs(key) {
      const count = failures.get(key) ?? 0;
      failures.set(key, count + 1);
      return Math.min(baseMs * 2 ** Math.min(count, 64), maxMs);
    },
    forget: (key) => {
      failures.delete(key);
    },
    failures: (key) => failures.get(key) ?? 0,
  };
}
