import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Env } from '@canaryop/reconcile/env';

import type { Guard } from './guard.ts';
import { poll } from './poll.ts';

/** What the processes of one control plane share. */
export interface ProcessScope {
  readonly env: Env;
  /** For logs and data; removed with the scope. */
  readonly folder: string;
  readonly guard: Guard;
}

/** What to run. */
export interface ProcessOptions {
  /** Names the log, `NAME.log` in the scope's folder. */
  readonly name: string;
  /** Path of the program. */
  readonly program: string;
  readonly args: readonly string[];
  /** Environment variables on top of PATH, HOME and TMPDIR; nothing else of ours is handed on. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** A child process that ends no later than this one. */
export interface ManagedProcess {
  readonly name: string;
  readonly pid: number;
  /** Whether it has ended. */
  readonly hasEnded: boolean;
  /** The end of what it wrote, at most 4,000 characters. */
  log(): string;
  /** Kills it and its children. What it holds is temporary, so nothing is gained by asking it first. */
  kill(): Promise<void>;
}

/** Starts a process. It has a session of its own, so that Ctrl-C reaches us first. Rejects when there is no such program. */
export async function startProcess(scope: ProcessScope, options: ProcessOptions): Promise<ManagedProcess> {
  const { name, program, args, variables } = options;
  const logFile = join(scope.folder, `${name}.log`);
  const output = openSync(logFile, 'a', 0o600);
  const child = spawn(program, [...args], {
    cwd: scope.folder,
    detached: true,
    stdio: ['ignore', output, output],
    env: { PATH: process.env['PATH'], HOME: scope.folder, TMPDIR: scope.folder, ...variables },
  });
  closeSync(output);
  let hasEnded = false;
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      hasEnded = true;
      if (child.pid !== undefined) {
        killGroup(child.pid);
        scope.guard.release(child.pid);
      }
      resolve();
    });
  });
  const pid = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => {
      resolve(child.pid ?? 0);
    });
  });
  scope.guard.guard(pid);
  child.unref();
  return {
    name,
    pid,
    get hasEnded() {
      return hasEnded;
    },
    log: () => readFileSync(logFile, 'utf8').slice(-4000),
    kill: async () => {
      child.ref();
      if (!hasEnded) killGroup(pid);
      await ended;
    },
  };
}

/** What a process started goes with it. */
function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // Nobody is left in it.
  }
}

/**
 * Resolves with what `probe` resolves with, as soon as that is defined; it is asked again and again until then. Rejects, with the
 * end of the log, when the process ends first or when the time is up. A probe that rejects is asked again.
 */
export async function untilReady<T>(
  process: ManagedProcess,
  env: Env,
  timeoutMs: number,
  probe: () => Promise<T | undefined>,
): Promise<T> {
  const isHopeless = (): boolean => process.hasEnded;
  const result = await poll({ env, timeoutMs, isHopeless }, probe);
  if ('answer' in result) return result.answer;
  const what = process.hasEnded
    ? 'ended before it was ready'
    : `was not ready within ${timeoutMs} ms (${result.problem})`;
  throw new Error(`${process.name} ${what}; the end of its log:\n${process.log()}`);
}
