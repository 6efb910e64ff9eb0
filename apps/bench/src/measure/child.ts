import { fork, type ChildProcess, type Serializable } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A process of this package that answers one message with one message. */
export class Child {
  readonly #process: ChildProcess;
  readonly #exited: Promise<void>;
  readonly #answers: Serializable[] = [];
  readonly #errors: string[] = [];
  #wake: () => void = () => undefined;
  #hasExited = false;

  /**
   * @param script a file of this package
   * @param environment beside the one of this process
   */
  constructor(script: URL, args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    this.#process = fork(script, [...args], {
      env: { ...process.env, ...environment },
      execArgv: ['--conditions=source', '--expose-gc'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
    });
    this.#process.on('message', (message) => {
      this.#answers.push(message);
      this.#wake();
    });
    const { stderr } = this.#process;
    if (stderr !== null) createInterface({ input: stderr }).on('line', (line) => this.#errors.push(line));
    this.#exited = new Promise((resolve) => {
      this.#process.once('exit', () => {
        this.#hasExited = true;
        this.#wake();
        resolve();
      });
    });
  }

  /** The next message. Rejects when the process ends before it. */
  async next<T>(): Promise<T> {
    for (;;) {
      const answer = this.#answers.shift();
      if (answer !== undefined) return answer as T;
      if (this.#hasExited) throw new Error(`a process has ended too early:\n${this.#errors.join('\n')}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async ask<T>(message: string): Promise<T> {
    this.#process.send(message);
    return this.next<T>();
  }

  /** Ends it and waits until it is gone. */
  async stop(): Promise<void> {
    if (!this.#hasExited) this.#process.kill('SIGKILL');
    await this.#exited;
  }
}
