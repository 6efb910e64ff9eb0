import type { Env } from '../env/env.ts';

/** Reconnections that need not wait: more than most operators have watches. */
const burst = 10;
/** After those, this many each second. */
const perSecond = 10;

/**
 * Spreads the reconnections of all informers of one cache, as a token bucket: when a server restarts, every watch ends
 * at once, and a server that comes back must not meet all of them in the same moment (client-go's flow control does this
 * for each client). First lists take nothing from it, so a start is never slowed down.
 */
export class ReconnectBudget {
  readonly #env: Pick<Env, 'clock' | 'random'>;
  #tokens = burst;
  #filledAtMs: number;

  constructor(env: Pick<Env, 'clock' | 'random'>) {
    this.#env = env;
    this.#filledAtMs = env.clock.monotonic();
  }

  /** Takes the next free turn. Returns how long to wait for it, in milliseconds: jittered, and 0 if there is one now. */
  take(): number {
    const nowMs = this.#env.clock.monotonic();
    this.#tokens = Math.min(burst, this.#tokens + ((nowMs - this.#filledAtMs) * perSecond) / 1000) - 1;
    this.#filledAtMs = nowMs;
    if (this.#tokens >= 0) return 0;
    const turnMs = 1000 / perSecond;
    return Math.round((-this.#tokens + this.#env.random.next() / 2) * turnMs);
  }
}
