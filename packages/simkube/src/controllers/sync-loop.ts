import type { Cancel, Env } from '@canaryop/reconcile/env';

const firstBackoffMs = 10;
const maxBackoffMs = 10_000;

/** How a `SyncLoop` works on its keys. */
export interface SyncLoopOptions {
  readonly env: Env;
  /** For log lines, for instance `deployment-controller`. */
  readonly name: string;
  /** How long after an event its key is worked on: the reaction time of a real controller. */
  readonly latencyMs: number;
  /** Brings one key closer to its desired state. A returned number asks for another go after so many milliseconds. */
  readonly sync: (key: string) => number | undefined;
}

/**
 * A level-triggered loop over keys: several events of one key within its latency are one sync, a sync that throws is
 * repeated with exponential back-off (10 ms to 10 s), and without due keys there is no timer at all.
 */
export class SyncLoop {
  readonly #options: SyncLoopOptions;
  readonly #dueAt = new Map<string, number>();
  readonly #failures = new Map<string, number>();
  #timer: { readonly at: number; readonly cancel: Cancel } | undefined;
  #isStopped = false;

  constructor(options: SyncLoopOptions) {
    this.#options = options;
  }

  /** Works on `key` after the latency, or after `delayMs`; an earlier due time of the same key stays. */
  enqueue(key: string, delayMs = this.#options.latencyMs): void {
    if (this.#isStopped) return;
    const at = this.#options.env.clock.monotonic() + delayMs;
    const known = this.#dueAt.get(key);
    if (known !== undefined && known <= at) return;
    this.#dueAt.set(key, at);
    this.#arm(at);
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#dueAt.clear();
  }

  #arm(at: number): void {
    if (this.#timer !== undefined && this.#timer.at <= at) return;
    this.#timer?.cancel();
    const { timers, clock } = this.#options.env;
    this.#timer = {
      at,
      cancel: timers.schedule(at - clock.monotonic(), () => {
        this.#run();
      }),
    };
  }

  #run(): void {
    this.#timer = undefined;
    const now = this.#options.env.clock.monotonic();
    const due = [...this.#dueAt].filter(([, at]) => at <= now).map(([key]) => key);
    for (const key of due) this.#dueAt.delete(key);
    for (const key of due) this.#syncOne(key);
    const next = Math.min(...this.#dueAt.values());
    if (Number.isFinite(next)) this.#arm(next);
  }

  #syncOne(key: string): void {
    const { env, name, sync } = this.#options;
    try {
      const requeueAfterMs = sync(key);
      this.#failures.delete(key);
      if (requeueAfterMs !== undefined) this.enqueue(key, requeueAfterMs);
    } catch (error) {
      const failures = (this.#failures.get(key) ?? 0) + 1;
      this.#failures.set(key, failures);
      const delayMs = Math.min(firstBackoffMs * 2 ** (failures - 1), maxBackoffMs);
      env.log.warn('sync failed', { controller: name, key, error: String(error), retryInMs: delayMs });
      this.enqueue(key, delayMs);
    }
  }
}
