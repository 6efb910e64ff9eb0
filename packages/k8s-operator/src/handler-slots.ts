/** Bounds how many handlers run at the same time, over all watches. First come, first served. */
export class HandlerSlots {
  readonly count: number;
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(count: number) {
    if (!Number.isInteger(count) || count < 1)
      throw new Error(`concurrency must be a whole number of at least 1, not ${count}`);
    this.count = count;
    this.#free = count;
  }

  /** Runs `handler` once a slot is free, and settles as it does. */
  async run<T>(handler: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await handler();
    } finally {
      // A slot goes straight to who waits longest, so that nobody comes in between.
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}
