import type { Env } from '../env/env.ts';
import type { Runnable } from './runnable.ts';

/** Runnables that start together and stop together. The first that rejects is reported, once, while the others run on. */
export class RunnableGroup {
  readonly #abort = new AbortController();
  readonly #running = new Map<Runnable, Promise<void>>();
  readonly #onError: (error: unknown) => void;

  /** @param onError told of a runnable that rejected; while stopping too. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** Aborts when the group is stopped. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Starts a runnable. A throw counts as a rejection. */
  start(runnable: Runnable): void {
    const run = Promise.resolve()
      .then(() => runnable.start(this.#abort.signal))
      .catch((error: unknown) => {
        this.#onError(error);
      })
      .finally(() => {
        this.#running.delete(runnable);
      });
    this.#running.set(runnable, run);
  }

  /**
   * Aborts all and waits for them until `deadlineMs` (monotonic). Returns the names of those that have not ended.
   */
  async stop(env: Pick<Env, 'clock' | 'timers'>, deadlineMs: number): Promise<readonly string[]> {
    this.#abort.abort();
    let giveUp = (): void => undefined;
    const timeUp = new Promise<void>((resolve) => {
      giveUp = resolve;
    });
    const cancel = env.timers.schedule(Math.max(0, deadlineMs - env.clock.monotonic()), giveUp);
    await Promise.race([Promise.all(this.#running.values()), timeUp]);
    cancel();
    return [...this.#running.keys()].map(({ name }) => name);
  }
}
