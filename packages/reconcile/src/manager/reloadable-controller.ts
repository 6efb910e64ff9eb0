import type { Controller } from '../controller/controller.ts';
import type { Env } from '../env/env.ts';
import type { Runnable } from './runnable.ts';

/** A controller that can be exchanged for another while it runs: one after the other, never two of them at once. */
export class ReloadableController implements Runnable {
  readonly name: string;
  readonly needsLeaderElection: boolean;
  readonly #env: Pick<Env, 'timers' | 'log'>;
  readonly #drainMs: number;
  #next: Controller | undefined;
  #running: { readonly controller: Controller; readonly abort: AbortController } | undefined;
  /** Told when the next controller has begun, or nothing is left to begin. */
  readonly #begun = new Set<() => void>();

  /** @param drainMs after this long, what is still in work is told to stop. */
  constructor(controller: Controller, env: Pick<Env, 'timers' | 'log'>, drainMs: number) {
    this.name = controller.name;
    this.needsLeaderElection = controller.needsLeaderElection;
    this.#env = env;
    this.#drainMs = drainMs;
    this.#next = controller;
  }

  async start(signal: AbortSignal): Promise<void> {
    try {
      for (let next = this.#take(); !signal.aborted && next !== undefined; next = this.#take()) {
        await this.#run(next, signal);
      }
    } finally {
      this.#tellBegun();
    }
  }

  /** Lets the present controller end what it has in work, then begins the next. Resolves when that has begun. */
  async replace(controller: Controller): Promise<void> {
    this.#next = controller;
    await this.#endPresent();
  }

  /** Lets the controller end what it has in work. Resolves when it has ended. */
  async remove(): Promise<void> {
    this.#next = undefined;
    await this.#endPresent();
  }

  #take(): Controller | undefined {
    const next = this.#next;
    this.#next = undefined;
    return next;
  }

  async #run(controller: Controller, signal: AbortSignal): Promise<void> {
    const abort = new AbortController();
    const stop = (): void => {
      abort.abort(signal.reason);
    };
    signal.addEventListener('abort', stop, { once: true });
    this.#running = { controller, abort };
    try {
      const run = controller.start(abort.signal);
      this.#tellBegun();
      await run;
    } finally {
      signal.removeEventListener('abort', stop);
      this.#running = undefined;
    }
  }

  async #endPresent(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    const cancel = this.#env.timers.schedule(this.#drainMs, () => {
      this.#env.log.warn('a replaced controller still has work; it is told to stop', { controller: this.name });
      running.abort.abort(new Error(`controller ${this.name} was replaced`));
    });
    const begun = new Promise<void>((resolve) => this.#begun.add(resolve));
    running.controller.retire();
    await begun;
    cancel();
  }

  #tellBegun(): void {
    for (const tell of this.#begun) tell();
    this.#begun.clear();
  }
}
