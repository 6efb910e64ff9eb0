/** Where a command runs and speaks. */
export interface Io {
  readonly cwd: string;
  /** Writes one line to standard output. */
  out(line: string): void;
}

/** How a command answers: for people, or as one line of JSON for programs. */
export interface OutputOptions {
  readonly json?: true;
}

/** Tells what a command did. */
export function tell(io: Io, { json }: OutputOptions, answer: object, lines: readonly string[]): void {
  if (json === true) io.out(JSON.stringify(answer));
  else for (const line of lines) io.out(line);
}
