import type { Cancel, Env, LogFields, Logger, Transport } from '@canaryop/reconcile/env';
import { seededRandom } from '@canaryop/reconcile/testing';

import { mortalTransport, type MortalTransport } from '../faults/mortal-transport.ts';

/** A warning or an error that an operator logged. */
export interface LoggedProblem {
  readonly process: string;
  readonly message: string;
  readonly fields: LogFields;
}

/** One process of the operator: it can die, and it can stand still while time goes on. */
export class SimulatedProcess {
  readonly name: string;
  /** Time and chance of this process: its timers end with it, and its random sequence is its own. */
  readonly env: Env;
  readonly #world: Env;
  #connection: MortalTransport | undefined;
  #state: 'running' | 'paused' | 'dead' = 'running';
  #due: (() => void)[] = [];

  /** @param options.log told of its warnings and errors, until it is dead. */
  constructor(options: {
    readonly name: string;
    readonly world: Env;
    readonly seed: number;
    readonly log: (problem: LoggedProblem) => void;
  }) {
    const { name, world, seed, log } = options;
    this.name = name;
    this.#world = world;
    this.env = {
      clock: world.clock,
      timers: { schedule: (delayMs, callback) => this.#schedule(delayMs, callback) },
      random: seededRandom(seed),
      log: problemLogger((message, fields) => {
        if (this.#state !== 'dead') log({ process: name, message, fields });
      }),
    };
  }

  get isDead(): boolean {
    return this.#state === 'dead';
  }

  get isPaused(): boolean {
    return this.#state === 'paused';
  }

  /** Its connection over `inner`, which ends with it. Call once. */
  connect(inner: Transport): Transport {
    this.#connection = mortalTransport(inner);
    return this.#connection;
  }

  kill(): void {
    this.#state = 'dead';
    this.#due = [];
    this.#connection?.kill();
  }

  /** Lets it stand still: neither its timers nor its connection go on until `resume`. */
  pause(): void {
    if (this.#state !== 'running') return;
    this.#state = 'paused';
    this.#connection?.pause();
  }

  resume(): void {
    if (this.#state !== 'paused') return;
    this.#state = 'running';
    const due = this.#due;
    this.#due = [];
    for (const callback of due) this.#schedule(0, callback);
    this.#connection?.resume();
  }

  #schedule(delayMs: number, callback: () => void): Cancel {
    let isCancelled = false;
    const fire = (): void => {
      if (isCancelled || this.#state === 'dead') return;
      if (this.#state === 'paused') this.#due.push(fire);
      else callback();
    };
    const cancel = this.#world.timers.schedule(delayMs, fire);
    return () => {
      isCancelled = true;
      cancel();
    };
  }
}

function problemLogger(note: (message: string, fields: LogFields) => void, fixed: LogFields = {}): Logger {
  const ignore = (): void => undefined;
  const tell = (message: string, fields: LogFields = {}): void => {
    note(message, { ...fixed, ...fields });
  };
  return {
    debug: ignore,
    info: ignore,
    warn: tell,
    error: tell,
    with: (fields) => problemLogger(note, { ...fixed, ...fields }),
  };
}
