import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

import type { Env } from '@canaryop/reconcile/env';

/** What a run of the operator needs. */
export interface OperatorProcessOptions {
  readonly root: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** After ours, so that they win. */
  readonly args: readonly string[];
  /** Told when it ends without having been asked to. */
  readonly onEnd: (code: number | null) => void;
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
  #isStopping = false;

  private constructor(env: Env, child: ChildProcess, onEnd: (code: number | null) => void) {
    this.#env = env;
    this.#child = child;
    child.once('exit', (code) => {
      this.#hasEnded = true;
      if (!this.#isStopping) onEnd(code);
    });
  }

  /** Starts it. What it logs goes to standard error: standard output is for what `reconcile` itself says. */
  static start(env: Env, { root, variables, args, onEnd }: OperatorProcessOptions): OperatorProcess {
    const child = spawn(process.execPath, [...process.execArgv, 'src/main.ts', ...ownArgs, ...args], {
      cwd: root,
      stdio: ['ignore', 2, 2],
      env: { ...process.env, ...variables },
    });
    return new OperatorProcess(env, child, onEnd);
  }

  /** Ends it as a kubelet does: by SIGTERM, and after a while by force. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    if (this.#hasEnded) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const cancel = this.#env.timers.schedule(patienceMs, () => this.#child.kill('SIGKILL'));
    await ended;
    cancel();
  }
}
