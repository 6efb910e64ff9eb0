import type { Cancel, Env } from '@canaryop/reconcile/env';

interface Delayed {
  readonly atMs: number;
  readonly apply: () => void;
}

/** Applies changes in order, each of them a fixed time after it was made. One timer, and none when nothing waits. */
export class DelayLine {
  readonly #env: Env;
  readonly #delayMs: number;
  #queue: Delayed[] = [];
  #timer: Cancel | undefined;
  #isStopped = false;

  constructor(env: Env, delayMs: number) {
    this.#env = env;
    this.#delayMs = delayMs;
  }

  push(apply: () => void): void {
    if (this.#isStopped) return;
    this.#queue.push({ atMs: this.#env.clock.monotonic() + this.#delayMs, apply });
    if (this.#timer === undefined) this.#arm(this.#delayMs);
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.();
    this.#timer = undefined;
    this.#queue = [];
  }

  #arm(delayMs: number): void {
    this.#timer = this.#env.timers.schedule(delayMs, () => {
      this.#timer = undefined;
      this.#flush();
    });
  }

  #flush(): void {
    const now = this.#env.clock.monotonic();
    const firstLater = this.#queue.findIndex(({ atMs }) => atMs > now);
    const due = this.#queue.splice(0, firstLater === -1 ? this.#queue.length : firstLater);
    for (const { apply } of due) apply();
    const [next] = this.#queue;
    if (next !== undefined && this.#timer === undefined) this.#arm(next.atMs - now);
  }
}
