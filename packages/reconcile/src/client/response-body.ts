/** The connection of a response, which is told to wait, to go on, or that nobody reads any longer. */
export interface BodySource {
  pause(): void;
  resume(): void;
  abort(reason: Error): void;
}

/** A reader that is this far behind, in bytes, makes the sender wait. */
const highWaterMark = 64 * 1024;

/**
 * The body of one response, from the connection to one reader: chunks in their order, then the end or what went wrong.
 * A reader that leaves before the end closes the connection, whose rest nobody could tell from the next answer.
 */
export class ResponseBody implements AsyncIterableIterator<Uint8Array> {
  readonly #source: BodySource;
  readonly #chunks: Uint8Array[] = [];
  #buffered = 0;
  #isPaused = false;
  #outcome: { readonly error?: Error } | undefined;
  #wake: (() => void) | undefined;

  constructor(source: BodySource) {
    this.#source = source;
  }

  /** A chunk has come. Those after the end are not read by anybody. */
  push(chunk: Uint8Array): void {
    if (this.#outcome !== undefined) return;
    this.#chunks.push(chunk);
    this.#buffered += chunk.length;
    if (this.#buffered > highWaterMark) {
      this.#isPaused = true;
      this.#source.pause();
    }
    this.#wake?.();
  }

  /** Nothing more comes. What has come is read before an error is. */
  end(error?: Error): void {
    this.#outcome ??= error === undefined ? {} : { error };
    this.#wake?.();
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    while (this.#chunks.length === 0 && this.#outcome === undefined)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    const value = this.#chunks.shift();
    if (value !== undefined) {
      this.#took(value.length);
      return { done: false, value };
    }
    if (this.#outcome?.error !== undefined) throw this.#outcome.error;
    return { done: true, value: undefined };
  }

  return(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.#outcome === undefined) {
      this.end();
      this.#source.abort(new Error('the reader of the response has left'));
    }
    this.#chunks.length = 0;
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #took(bytes: number): void {
    this.#buffered -= bytes;
    if (!this.#isPaused || this.#buffered > highWaterMark / 2) return;
    this.#isPaused = false;
    this.#source.resume();
  }
}
