import type { Env } from '../env/env.ts';
import type { Cancel } from '../env/timers.ts';

/**
 * Aborts one exchange when not a single byte has come for a while. A connection that a firewall dropped looks like a
 * quiet one; only time tells them apart.
 */
export class IdleWatchdog {
  readonly #env: Env;
  readonly #idleMs: number;
  readonly #stopped: AbortSignal;
  readonly #abort = new AbortController();
  readonly #onStop = (): void => {
    this.#abort.abort(this.#stopped.reason);
  };
  #lastByteMs: number;
  #cancel: Cancel;
  #fired = false;

  /** Starts to count at once. `stopped` aborts the exchange too. */
  constructor(env: Env, idleMs: number, stopped: AbortSignal) {
    this.#env = env;
    this.#idleMs = idleMs;
    this.#stopped = stopped;
    this.#lastByteMs = env.clock.monotonic();
    this.#cancel = this.#arm(idleMs);
    if (stopped.aborted) this.#onStop();
    else stopped.addEventListener('abort', this.#onStop, { once: true });
  }

  /** Aborts when the watchdog fires or its owner stops. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get hasFired(): boolean {
    return this.#fired;
  }

  /** The same chunks, each of which counts as a sign of life. */
  async *watched(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    for await (const chunk of body) {
      this.#lastByteMs = this.#env.clock.monotonic();
      yield chunk;
    }
  }

  /** Ends the watch over this exchange, and the exchange itself if it is still going on. */
  stop(): void {
    this.#cancel();
    this.#stopped.removeEventListener('abort', this.#onStop);
    this.#abort.abort();
  }

  /** A chunk only notes its time; the timer looks again when it fires, instead of being set anew for every chunk. */
  #arm(delayMs: number): Cancel {
    return this.#env.timers.schedule(delayMs, () => {
      const leftMs = this.#lastByteMs + this.#idleMs - this.#env.clock.monotonic();
      if (leftMs > 0) {
        this.#cancel = this.#arm(leftMs);
        return;
      }
      this.#fired = true;
      this.#abort.abort(new Error(`no data for ${this.#idleMs / 1000} s`));
    });
  }
}
