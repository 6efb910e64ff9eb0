const encoder = new TextEncoder();

/**
 * A response body that is written as things happen. It ends when the writer ends it or the reader stops reading;
 * then `onEnd` runs, once.
 */
export class ByteStream implements AsyncIterable<Uint8Array> {
  readonly #chunks: Uint8Array[] = [];
  #waiting: ((result: IteratorResult<Uint8Array>) => void) | undefined;
  #isEnded = false;
  #onEnd: (() => void) | undefined;

  /** Sets what runs at the end; at once when the stream has ended already. */
  onEnd(callback: () => void): void {
    if (this.#isEnded) callback();
    else this.#onEnd = callback;
  }

  write(text: string): void {
    if (this.#isEnded) return;
    const chunk = encoder.encode(text);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) this.#chunks.push(chunk);
    else waiting({ done: false, value: chunk });
  }

  /** Ends the stream after what was written. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#waiting?.({ done: true, value: undefined });
    this.#waiting = undefined;
    this.#onEnd?.();
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return {
      next: () => this.#next(),
      return: () => {
        this.end();
        return Promise.resolve({ done: true, value: undefined });
      },
    };
  }

  #next(): Promise<IteratorResult<Uint8Array>> {
    const chunk = this.#chunks.shift();
    if (chunk !== undefined) return Promise.resolve({ done: false, value: chunk });
    if (this.#isEnded) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }
}
