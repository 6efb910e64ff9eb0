import type { Cancel, Env } from '@canaryop/reconcile/env';

/**
 * Keys to work on a little later, each once however often it was added. The delay stands for the lag that a real
 * controller has behind the API server.
 */
export class DelayedQueue {
  readonly #env: Env;
  readonly #lagMs: number;
  readonly #work: (key: string) => void;
  readonly #waiting = new Map<string, Cancel>();

  constructor(env: Env, lagMs: number, work: (key: string) => void) {
    this.#env = env;
    this.#lagMs = lagMs;
    this.#work = work;
  }

  add(key: string): void {
    if (this.#waiting.has(key)) return;
    const cancel = this.#env.timers.schedule(this.#lagMs, () => {
      this.#waiting.delete(key);
      this.#run(key);
    });
    this.#waiting.set(key, cancel);
  }

  /** Drops what waits. */
  close(): void {
    for (const cancel of this.#waiting.values()) cancel();
    this.#waiting.clear();
  }

  #run(key: string): void {
    try {
      this.#work(key);
    } catch (error) {
      this.#env.log.warn('a cluster controller failed and will not be retried until the object changes', {
        key,
        error: String(error),
      });
    }
  }
}
