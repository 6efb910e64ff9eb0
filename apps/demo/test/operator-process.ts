import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const main = join(import.meta.dirname, '../../operator/src/main.ts');

/** `pnpm operator` as a process beside a sandbox that has none, without servers of its own but those that are asked for. */
export class OperatorProcess {
  readonly #child: ChildProcess;
  /** What it logs, line by line. */
  readonly #lines: AsyncIterator<string>;

  constructor(kubeconfig: string, flags: readonly string[]) {
    const servers = ['--metrics-bind-address=0', '--health-probe-bind-address=0'];
    this.#child = spawn(process.execPath, ['--conditions=source', main, ...servers, ...flags], {
      env: { ...process.env, KUBECONFIG: kubeconfig },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stderr?.resume();
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
  }

  /** Resolves with the next line of its log that has this message. Rejects when it ends before. */
  async logged(message: string): Promise<Readonly<Record<string, unknown>>> {
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done === true) throw new Error(`the operator ended before it logged: ${message}`);
      const line = JSON.parse(value) as Readonly<Record<string, unknown>>;
      if (line['msg'] === message || line['message'] === message) return line;
    }
  }

  /** Sends SIGTERM and resolves with the exit code. */
  async end(): Promise<number | null> {
    const exited = once(this.#child, 'exit') as Promise<[number | null]>;
    this.#child.kill('SIGTERM');
    const [code] = await exited;
    return code;
  }

  [Symbol.dispose](): void {
    this.#child.kill('SIGKILL');
  }
}
