import { sleep, type Env } from '@canaryop/reconcile/env';

/** An answer; status 0 where there was none. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Sends one GET through the ingress. Never rejects. */
export type Send = (path: string) => Promise<Answer>;

/** Answers of `GET /hello` from the last `measure` on. */
export interface Measurement {
  readonly answers: number;
  /** Percentage of the answers that a version gave; undefined without any answer. */
  share(version: string): number | undefined;
}

/** `GET /hello` at a steady rate, however long an answer takes. */
export class SteadyRequests {
  readonly #env: Env;
  readonly #send: Send;
  readonly #open = new Set<Promise<void>>();
  #counts = new Map<string, number>();
  #countsFromMs = 0;
  #sent = 0;
  #failed = 0;

  constructor(env: Env, send: Send) {
    this.#env = env;
    this.#send = send;
  }

  get sent(): number {
    return this.#sent;
  }

  get failed(): number {
    return this.#failed;
  }

  /** Sends until the signal aborts, and resolves when everything sent is answered. */
  async run(perSecond: number, signal: AbortSignal): Promise<void> {
    const { clock, timers } = this.#env;
    for (let dueMs = clock.monotonic(); !signal.aborted; dueMs += 1000 / perSecond) {
      await sleep(timers, Math.max(dueMs - clock.monotonic(), 0), signal);
      if (signal.aborted) break;
      const open = this.#one().finally(() => this.#open.delete(open));
      this.#open.add(open);
    }
    await Promise.all(this.#open);
  }

  /** Counts anew: requests that are sent from `afterMs` on. */
  measure(afterMs: number): Measurement {
    const counts = new Map<string, number>();
    this.#counts = counts;
    this.#countsFromMs = this.#env.clock.monotonic() + afterMs;
    const total = (): number => counts.values().reduce((sum, count) => sum + count, 0);
    return {
      get answers() {
        return total();
      },
      share: (version) => (total() === 0 ? undefined : ((counts.get(version) ?? 0) / total()) * 100),
    };
  }

  async #one(): Promise<void> {
    const counts = this.#counts;
    const isCounted = this.#env.clock.monotonic() >= this.#countsFromMs;
    this.#sent += 1;
    const { status, body } = await this.#send('/hello');
    if (status !== 200) this.#failed += 1;
    else if (isCounted) {
      const version = body.slice(body.lastIndexOf(' ') + 1);
      counts.set(version, (counts.get(version) ?? 0) + 1);
    }
  }
}
