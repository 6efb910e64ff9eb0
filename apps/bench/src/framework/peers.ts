import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** How an operator is started; `MODE WORKERS` follow. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
}

/** An operator that does the benchmark's work on some library. */
export interface Peer {
  readonly name: string;
  /** Of the library that it is made with. */
  readonly version: string;
  /** Variants of the reconciling mode, the usual one first. */
  readonly modes: readonly string[];
  /** Whether it can also fill a cache and do nothing. */
  readonly hasCacheMode: boolean;
  /** Builds it, once. Rejects with why it cannot be had on this machine. */
  prepare(progress: (line: string) => void): Promise<Command>;
}

const root = join(import.meta.dirname, '../..');
const inDist = (script: string): Promise<Command> =>
  Promise.resolve({ program: process.execPath, args: [join(root, 'dist/framework', script)] });

/** Ours first, then the one to which all are compared. */
export const peers: readonly Peer[] = [
  {
    name: 'reconcile',
    version: 'this repository',
    modes: ['reconcile'],
    hasCacheMode: true,
    prepare: () => inDist('subject.js'),
  },
  {
    name: 'controller-runtime',
    version: 'v0.25.2',
    modes: ['reconcile', 'reconcile-consistent'],
    hasCacheMode: true,
    async prepare(progress) {
      const program = await built('controller-runtime', progress, {
        tool: 'go',
        args: (out) => ['build', '-trimpath', '-ldflags', '-s -w', '-o', out, '.'],
        environment: { CGO_ENABLED: '0' },
      });
      return { program, args: [] };
    },
  },
  {
    name: 'kube-rs',
    version: '5.0.0',
    modes: ['reconcile'],
    hasCacheMode: true,
    async prepare(progress) {
      const program = await built('kube-rs', progress, {
        tool: 'cargo',
        args: (out) => ['build', '--release', '--target-dir', `${out}.target`],
        result: (out) => `${out}.target/release/bench-kube-rs`,
      });
      return { program, args: [] };
    },
  },
  {
    name: 'client-node',
    version: '2.0.1',
    modes: ['reconcile'],
    hasCacheMode: true,
    prepare: () => inDist('client-node-subject.js'),
  },
];

interface Build {
  readonly tool: string;
  readonly args: (out: string) => readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Where the tool leaves the program, if not at `out`. */
  readonly result?: (out: string) => string;
}

/** The program that the folder of a peer makes, kept outside of the repository until its sources change. */
async function built(peer: string, progress: (line: string) => void, build: Build): Promise<string> {
  const folder = join(root, 'peers', peer);
  const program = join(cacheFolder(), `${peer}-${hashOf(folder)}`, peer);
  if (existsSync(program)) return program;
  await mkdir(join(program, '..'), { recursive: true });
  progress(`building ${peer} with ${build.tool}, some minutes where its cache is cold`);
  const partial = `${program}.partial`;
  await run(build.tool, build.args(partial), { cwd: folder, env: { ...process.env, ...build.environment } });
  await rename(build.result?.(partial) ?? partial, program);
  return program;
}

function run(tool: string, args: readonly string[], options: { cwd: string; env: NodeJS.ProcessEnv }): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(tool, [...args], { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-4000);
    });
    child.once('error', () => reject(new Error(`${tool} is not on the PATH`)));
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${tool} ended with ${code}:\n${said}`));
    });
  });
}

function hashOf(folder: string): string {
  const hash = createHash('sha256');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    // The lock file is made by the build.
    .filter((entry) => entry.isFile() && entry.name !== 'Cargo.lock')
    .map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.toSorted()) hash.update(file).update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}

function cacheFolder(): string {
  const base = process.env['XDG_CACHE_HOME'];
  return join(base === undefined || base === '' ? join(homedir(), '.cache') : base, 'canaryop/bench');
}
