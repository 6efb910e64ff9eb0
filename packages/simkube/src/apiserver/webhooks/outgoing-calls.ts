import type { Env, Random } from '@canaryop/reconcile/env';

/** Thrown where a request cannot go on before others have answered. Only the request handler catches it. */
export class AwaitingAnswers {
  readonly answers: Promise<unknown>;

  constructor(answers: Promise<unknown>) {
    this.answers = answers;
  }
}

/** A question to another server. Those of one key are the same question. */
export interface Call<T> {
  readonly key: string;
  /** Must not reject: that nobody answered is an answer. */
  readonly ask: () => Promise<T>;
}

/**
 * What other servers have answered to one request so far. Handlers run without a pause, so that nothing comes between
 * what they read and what they write. One that needs an answer that is not there yet is left by an exception, before
 * it has written anything, and runs again from its start when the answer has come: on the state that it then finds, as
 * a real server does that finds its object changed.
 */
export class OutgoingCalls {
  /** Time and chance of the request: the same in each run, so that the same questions come up. */
  readonly env: Env;
  /** Chance for the questions themselves, which are asked once. */
  readonly random: Random;
  readonly #answers = new Map<string, unknown>();
  readonly #done = new Map<string, { readonly value: unknown; readonly warnings: readonly string[] }>();
  #warnings: string[] = [];
  #asked = new Map<string, number>();
  readonly #drawn: number[] = [];
  #draws = 0;

  constructor(env: Env) {
    this.random = env.random;
    let startedAt: number | undefined;
    this.env = {
      ...env,
      clock: { now: () => (startedAt ??= env.clock.now()), monotonic: () => env.clock.monotonic() },
      random: {
        next: () => {
          const at = this.#draws;
          this.#draws += 1;
          const known = this.#drawn[at];
          if (known !== undefined) return known;
          const drawn = env.random.next();
          this.#drawn.push(drawn);
          return drawn;
        },
      },
    };
  }

  /** Begins a run of the handler. */
  begin(): void {
    this.#asked = new Map();
    this.#draws = 0;
    this.#warnings = [];
  }

  /** What the present run has to warn of. */
  get warnings(): readonly string[] {
    return this.#warnings;
  }

  /** Adds a warning to the answer. */
  warn(message: string): void {
    this.#warnings.push(message);
  }

  /**
   * The answers to questions that may be asked side by side.
   * @throws AwaitingAnswers when one is not there yet.
   */
  answers<T>(calls: readonly Call<T>[]): readonly T[] {
    return this.#found(
      calls,
      calls.map(({ key }) => this.#distinct(key)),
    );
  }

  /**
   * Answers that are the same however often one asks.
   * @throws AwaitingAnswers when one is not there yet.
   */
  facts<T>(calls: readonly Call<T>[]): readonly T[] {
    return this.#found(
      calls,
      calls.map(({ key }) => key),
    );
  }

  #found<T>(calls: readonly Call<T>[], keys: readonly string[]): readonly T[] {
    const missing = calls.flatMap(({ ask }, at) => {
      const key = keys[at] ?? '';
      return this.#answers.has(key) ? [] : [{ key, ask }];
    });
    if (missing.length > 0) {
      throw new AwaitingAnswers(
        Promise.all(missing.map(async ({ key, ask }) => void this.#answers.set(key, await ask()))),
      );
    }
    return keys.map((key) => this.#answers.get(key) as T);
  }

  /** Does what writes in the first run that comes so far; later ones are given what it gave, and warn as it did. */
  once<T>(key: string, part: () => T): T {
    const done = this.#done.get(key);
    if (done !== undefined) {
      this.#warnings.push(...done.warnings);
      return done.value as T;
    }
    const before = this.#warnings.length;
    const value = part();
    this.#done.set(key, { value, warnings: this.#warnings.slice(before) });
    return value;
  }

  /** A question that comes up twice in one run is two. */
  #distinct(key: string): string {
    const times = this.#asked.get(key) ?? 0;
    this.#asked.set(key, times + 1);
    return `${times} ${key}`;
  }
}
