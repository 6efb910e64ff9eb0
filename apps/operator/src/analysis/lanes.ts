/** The most that one provider is asked at once; what else is for it waits its turn. */
export const maxConcurrent = 64;

interface Lane {
  readonly waiting: (() => Promise<void>)[];
  running: number;
}

/** Tasks by what they are for, first come first served: a slow provider keeps only its own users waiting. */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();
  #isStopped = false;

  /** What `task` gives once its turn has come. After `stop` that is never. `task` must not reject. */
  run<T>(name: string, task: () => Promise<T>): Promise<T> {
    return new Promise((resolve) => {
      const lane = this.#lanes.get(name) ?? { waiting: [], running: 0 };
      this.#lanes.set(name, lane);
      lane.waiting.push(async () => {
        resolve(await task());
      });
      this.#startNext(name, lane);
    });
  }

  /** No task begins any more. */
  stop(): void {
    this.#isStopped = true;
    this.#lanes.clear();
  }

  #startNext(name: string, lane: Lane): void {
    if (lane.running >= maxConcurrent || this.#isStopped) return;
    const next = lane.waiting.shift();
    if (next === undefined) return;
    lane.running += 1;
    void this.#finish(name, lane, next);
  }

  /** A lane that nobody uses is forgotten: users name providers, and there is no end to the names. */
  async #finish(name: string, lane: Lane, task: () => Promise<void>): Promise<void> {
    await task();
    lane.running -= 1;
    if (lane.running === 0 && lane.waiting.length === 0) this.#lanes.delete(name);
    else this.#startNext(name, lane);
  }
}
