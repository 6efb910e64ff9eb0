import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

import { processFigures } from './linux-process.ts';

/** How an operator is started; further arguments follow. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** Beside the one of this process. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** An operator that is measured from outside. Linux only. */
export class SubjectProcess {
  readonly #process: ChildProcess;
  readonly #lines: string[] = [];
  readonly #said: string[] = [];
  #hasExited = false;
  #wake: () => void = () => undefined;

  /** @param environment beside what the command has */
  constructor(command: Command, args: readonly string[], environment: Readonly<Record<string, string>>) {
    this.#process = spawn(command.program, [...command.args, ...args], {
      env: { ...process.env, ...command.environment, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { stdout, stderr } = this.#process;
    if (stdout !== null)
      createInterface({ input: stdout }).on('line', (line) => {
        keepLast(this.#lines, line);
        this.#wake();
      });
    if (stderr !== null) createInterface({ input: stderr }).on('line', (line) => keepLast(this.#said, line));
    const ended = (): void => {
      this.#hasExited = true;
      this.#wake();
    };
    this.#process.once('exit', ended);
    // One that could not be started has no exit.
    this.#process.once('error', ({ message }) => {
      keepLast(this.#said, message);
      ended();
    });
  }

  get hasExited(): boolean {
    return this.#hasExited;
  }

  /** The end of what it wrote. */
  get said(): string {
    return [...this.#lines, ...this.#said].join('\n');
  }

  /** Resolves when it prints this line; rejects when it ends before. */
  async printed(line: string): Promise<void> {
    while (!this.#lines.includes(line)) {
      if (this.#hasExited) throw new Error(`the process ended:\n${this.said}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** What it has used so far. */
  usage(): { readonly cpuSeconds: number; readonly residentMiB: number; readonly peakMiB: number } {
    const pid = this.#process.pid ?? 0;
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return { ...processFigures(pid), peakMiB: Number(peak) / 1024 };
  }

  async stop(): Promise<void> {
    if (this.#hasExited) return;
    const exited = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGKILL');
    await exited;
  }
}

const keptLines = 10;

/** Some operators say a lot. */
function keepLast(lines: string[], line: string): void {
  lines.push(line);
  if (lines.length > keptLines) lines.shift();
}
