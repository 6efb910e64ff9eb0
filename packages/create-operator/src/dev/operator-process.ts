import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';

import type { Env } from '@canaryop/reconcile/env';
import type { WebhookPlace } from '@canaryop/reconcile/webhook';

import {
  runnerVariable,
  type LoadAnswer,
  type RunnerNotice,
  type RunnerRequest,
  type SwapAnswer,
} from '../runner/messages.ts';

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
/** Longer than modules take to be imported and managers to start, and not longer than people wait. */
const loadPatienceMs = 10_000;
/** Ports that nobody else has, because the one before it may still be ending, and logs for who sits before them. */
const ownArgs = [
  '--health-probe-bind-address=127.0.0.1:0',
  '--metrics-bind-address=127.0.0.1:0',
  '--check-idempotence',
  '--log-format=console',
];
/** `main.ts` here, `main.js` when built. */
const runner = new URL(`../runner/main${extname(import.meta.url)}`, import.meta.url).href;

/** src/main.ts of a project, as a process whose output is ours, and which ends when we do, however that comes. */
export class OperatorProcess {
  readonly #env: Env;
  readonly #child: ChildProcess;
  /** Resolves when it has begun its work, or is late with it: whether it is still there. */
  readonly begun: Promise<boolean>;
  #hasEnded = false;
  #stopping: Promise<void> | undefined;

  private constructor(env: Env, child: ChildProcess, onEnd: (code: number | null) => void) {
    this.#env = env;
    this.#child = child;
    child.once('exit', (code) => {
      this.#hasEnded = true;
      if (this.#stopping === undefined) onEnd(code);
    });
    this.begun = this.#next(isNotice, loadPatienceMs).then(() => child.connected);
    // It may end while it is being told something.
    child.on('error', () => undefined);
  }

  /** Starts it. What it logs goes to standard error: standard output is for what `reconcile` itself says. */
  static start(env: Env, { root, variables, args, onEnd }: OperatorProcessOptions): OperatorProcess {
    const child = spawn(
      process.execPath,
      [...process.execArgv, `--import=${runner}`, 'src/main.ts', ...ownArgs, ...args],
      {
        cwd: root,
        stdio: ['ignore', 2, 2, 'ipc'],
        env: { ...process.env, ...variables, [runnerVariable]: '1' },
        // Out of reach of Ctrl-C: it would be told to stop twice, by the terminal and by us, and the second time kills.
        detached: true,
      },
    );
    return new OperatorProcess(env, child, onEnd);
  }

  /** Has it import what is new, because of files that changed. It works as before. */
  async load(paths: readonly string[], place: WebhookPlace): Promise<LoadAnswer> {
    await this.begun;
    return this.#ask<LoadAnswer>({ load: paths, place }, loadPatienceMs);
  }

  /** Lets the controllers that were loaded last work. Resolves when they do, and what was in work has ended. */
  swap(): Promise<SwapAnswer> {
    return this.#ask<SwapAnswer>({ swap: true }, patienceMs);
  }

  /** Ends it as a kubelet does: by SIGTERM, and after a while by force. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    if (this.#hasEnded) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const cancel = this.#env.timers.schedule(patienceMs, () => this.#child.kill('SIGKILL'));
    await ended;
    cancel();
  }

  async #ask<A>(request: RunnerRequest, withinMs: number): Promise<A | { readonly restart: string }> {
    if (!this.#child.connected) return { restart: 'it had ended' };
    const answered = this.#next((message): message is A => !isNotice(message), withinMs);
    this.#child.send(request);
    return (await answered) ?? { restart: `it has ended, or not answered within ${withinMs / 1000} s` };
  }

  /** The next message of a kind; undefined when none comes in time, or none can come any more. */
  #next<M>(isIt: (message: unknown) => message is M, withinMs: number): Promise<M | undefined> {
    const child = this.#child;
    return new Promise((resolve) => {
      const finish = (message: M | undefined): void => {
        cancel();
        child.off('message', receive);
        child.off('disconnect', giveUp);
        resolve(message);
      };
      const receive = (message: unknown): void => {
        if (isIt(message)) finish(message);
      };
      const giveUp = (): void => finish(undefined);
      const cancel = this.#env.timers.schedule(withinMs, giveUp);
      child.on('message', receive);
      child.once('disconnect', giveUp);
    });
  }
}

function isNotice(message: unknown): message is RunnerNotice {
  return typeof message === 'object' && message !== null && 'begun' in message;
}
