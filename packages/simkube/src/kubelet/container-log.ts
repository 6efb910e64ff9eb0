/** One line that a container wrote. */
export interface LogLine {
  readonly atMs: number;
  readonly text: string;
}

const maxLines = 2000;
const maxLineLength = 16_384;

/** The log of one container: its last 2000 lines, each cut at 16 Ki characters, across restarts. */
export class ContainerLog {
  #lines: LogLine[] = [];
  #previous: readonly LogLine[] = [];
  readonly #readers = new Set<(line: LogLine | undefined) => void>();

  append(atMs: number, text: string): void {
    for (const each of text.replace(/\n$/, '').split('\n')) {
      const line = { atMs, text: each.slice(0, maxLineLength) };
      this.#lines.push(line);
      for (const reader of this.#readers) reader(line);
    }
    // Dropping a quarter at a time keeps appending cheap.
    if (this.#lines.length > maxLines * 1.25) this.#lines = this.#lines.slice(-maxLines);
  }

  /** The container restarts: what it wrote is `previous` from now on. Ends readers that follow. */
  restart(): void {
    this.#previous = this.#lines;
    this.#lines = [];
    this.end();
  }

  /** Ends the readers that follow: nothing more will come. */
  end(): void {
    for (const reader of this.#readers) reader(undefined);
    this.#readers.clear();
  }

  lines(previous = false): readonly LogLine[] {
    return (previous ? this.#previous : this.#lines).slice(-maxLines);
  }

  /** Calls `reader` with each new line, and once with undefined at the end. Returns the unsubscription. */
  follow(reader: (line: LogLine | undefined) => void): () => void {
    this.#readers.add(reader);
    return () => {
      this.#readers.delete(reader);
    };
  }
}
