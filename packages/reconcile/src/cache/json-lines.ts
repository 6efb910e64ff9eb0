const newline = 0x0a;
/** Far above what etcd can hold (1.5 MiB by default); a longer line means that the stream is not what it should be. */
const maxLineBytes = 64 * 1024 * 1024;

/**
 * Splits a byte stream into lines at `\n` bytes and nothing else: U+2028 in a string is data, and a chunk may end
 * inside a character. Bytes that are not UTF-8, and a line over 64 MiB, throw.
 */
export class LineSplitter {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  #parts: Uint8Array[] = [];
  #partBytes = 0;

  /** True while a line has begun and not ended. */
  get isInsideLine(): boolean {
    return this.#partBytes > 0;
  }

  /** The lines that this chunk completes, without their `\n`; empty lines are left out. */
  push(chunk: Uint8Array): readonly string[] {
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      const line = this.#finish(chunk.subarray(start, end));
      if (line !== '') lines.push(line);
      start = end + 1;
    }
    this.#keep(chunk.subarray(start));
    return lines;
  }

  #finish(last: Uint8Array): string {
    const bytes = this.#partBytes === 0 ? last : Buffer.concat([...this.#parts, last]);
    this.#parts = [];
    this.#partBytes = 0;
    return this.#decoder.decode(bytes);
  }

  #keep(rest: Uint8Array): void {
    if (rest.length === 0) return;
    this.#partBytes += rest.length;
    if (this.#partBytes > maxLineBytes) throw new Error(`a line is longer than ${maxLineBytes} bytes`);
    this.#parts.push(rest);
  }
}
