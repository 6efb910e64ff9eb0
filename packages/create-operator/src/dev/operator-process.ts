import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

import type { Env } from '@canaryop/reconcile/env';

/** What a run of the operator needs. */
export interface OperatorProcessOptions {
  readonly root: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** After ours, so that they win. */
  readonly args: readonly string[];
}

/** Longer than a manager takes to end its work. */
const patienceMs = 35_000;
/** Ports that nobody else has: the one before it may still be ending. */
const ownArgs = [
  '--health-probe-bind-address=127.0.0.1:0',
  '--metrics-bind-address=127.0.0.1:0',
  '--check-idempotence',
];

/** src/main.ts of a project, as a process whose output is ours. */
export class OperatorProcess {
  readonly #env: Env;
  readonly #child: ChildProcess;
  #hasEnded = false;

  private constructor(env: Env, child: ChildProcess) {
    this.#env = env;
    this.#child = child;
    const ended = (): void => {
      this.#hasEnded = true;
    };
    child.once('exit', ended);
    child.once('error', ended);
  }

  /** Starts it. What it logs goes to standard error: standard output is for what `reconcile` itself says. */
  static start(env: Env, { root, variables, args }: OperatorProcessOptions): OperatorProcess {
    const child = spawn(process.execPath, [...process.execArgv, 'src/main.ts', ...ownArgs, ...args], {
      cwd: root,
      stdio: ['ignore', 2, 2],
      env: { ...process.env, ...variables },
    });
    return new OperatorProcess(env, child);
  }

  /** Ends it as a kubelet does: by SIGTERM, and after a while by force. */
  async stop(): Promise<void> {
    if (this.#hasEnded) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const cancel = this.#env.timers.schedule(patienceMs, () => this.#child.kill('SIGKILL'));
    await ended;
    cancel();
  }
}
