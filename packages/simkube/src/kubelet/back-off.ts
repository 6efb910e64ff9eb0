const firstMs = 10_000;
const maxMs = 300_000;
const calmMs = 600_000;

/**
 * The kubelet's back-off of one container: 10 s doubling to 5 minutes, from the start again after ten minutes without
 * a failure. A crashed container is restarted at once the first time; a failed pull is not.
 */
export class BackOff {
  readonly #initialMs: number;
  #delayMs: number;
  #lastAtMs: number | undefined;

  constructor(of: 'restart' | 'pull') {
    this.#initialMs = of === 'restart' ? 0 : firstMs;
    this.#delayMs = this.#initialMs;
  }

  /** Counts a failure at `nowMs` (monotonic). Returns how long to wait before the next try. */
  next(nowMs: number): number {
    if (this.#lastAtMs !== undefined && nowMs - this.#lastAtMs > calmMs + this.#delayMs) {
      this.#delayMs = this.#initialMs;
    }
    const delayMs = this.#delayMs;
    this.#lastAtMs = nowMs;
    this.#delayMs = delayMs === 0 ? firstMs : Math.min(delayMs * 2, maxMs);
    return delayMs;
  }
}
