import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createOperatorProgram, reconcileProgram } from '../src/commands/program.ts';
import { runProgram } from '../src/commands/run-program.ts';

const repository = join(import.meta.dirname, '../../..');

/** How a program ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, whatever that is. */
export function execute(program: string, args: readonly string[], cwd: string): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(program, args, { cwd, maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
    });
  });
}

/** A program of this repository. */
export const bin = (name: string): string => join(repository, 'node_modules/.bin', name);

/** Flags of Node for what runs the sources of this repository. */
export const fromSource = ['--conditions=source'];

/** A project of `create-operator` in a temporary folder, with the packages of this repository as they are. */
export interface TemporaryProject {
  readonly root: string;
  /** Runs `reconcile` in it, in this process. */
  reconcile(...args: readonly string[]): Promise<Ended>;
  read(path: string): Promise<string>;
  remove(): Promise<void>;
}

/** Makes one. */
export async function temporaryProject(name = 'my-operator', domain = 'demo.io'): Promise<TemporaryProject> {
  const folder = await mkdtemp(join(tmpdir(), 'create-operator-'));
  const root = join(folder, name);
  const made = await runIn(folder, createOperatorProgram, [name, '--domain', domain]);
  if (made.code !== 0) throw new Error(made.stderr);
  await mkdir(join(root, 'node_modules/@types'), { recursive: true });
  await symlink(join(repository, 'node_modules/@types/node'), join(root, 'node_modules/@types/node'));
  await mkdir(join(root, 'node_modules/@canaryop'));
  for (const each of ['reconcile', 'testkit', 'create-operator']) {
    await symlink(join(repository, 'packages', each), join(root, 'node_modules/@canaryop', each));
  }
  return {
    root,
    reconcile: (...args) => runIn(root, reconcileProgram, args),
    read: (path) => readFile(join(root, path), 'utf8'),
    remove: () => rm(folder, { recursive: true }),
  };
}

/** Runs one of the programs in this process, as if in this folder. */
export async function runIn(
  cwd: string,
  program: Parameters<typeof runProgram>[0],
  args: readonly string[],
): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  const code = await runProgram(program, {
    argv: ['node', 'program', ...args],
    cwd: () => cwd,
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
  });
  return { code, stdout, stderr };
}
