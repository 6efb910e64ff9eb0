import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** How the folder of a peer is made into a program, or into a folder with all that it consists of. */
export interface Build {
  readonly tool: string;
  readonly args: (out: string) => readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** A second command, which may be one that the first has made. */
  readonly finish?: (out: string) => readonly [program: string, ...args: string[]];
  /** Where the tool leaves the program, if not at `out`. It begins with `out`; what else does is removed. */
  readonly result?: (out: string) => string;
}

/** The program that the folder of a peer makes, kept outside of the repository until its sources change. */
export function builtProgram(peer: string, progress: (line: string) => void, build: Build): Promise<string> {
  return builtFrom(sourcesOf(peer), progress, build);
}

/** The folder with what a peer is made of. */
export function sourcesOf(peer: string): string {
  return join(root, 'peers', peer);
}

/** The same of any folder. Rejects with the tool that is not on this machine, or with what it said. */
export async function builtFrom(folder: string, progress: (line: string) => void, build: Build): Promise<string> {
  const name = basename(folder);
  const program = join(cacheFolder(), `${name}-${hashOf(folder, build)}`, name);
  if (existsSync(program)) return program;
  await mkdir(dirname(program), { recursive: true });
  progress(`building ${name} with ${build.tool}, some minutes where its cache is cold`);
  // Somebody else may be building the same.
  const partial = `${program}.${process.pid}`;
  const options = { cwd: folder, env: { ...process.env, ...build.environment } };
  try {
    await run(build.tool, build.args(partial), options);
    const [second, ...args] = build.finish?.(partial) ?? [];
    if (second !== undefined) await run(second, args, options);
    if (!existsSync(program)) await rename(build.result?.(partial) ?? partial, program);
  } finally {
    const left = (await readdir(dirname(program))).filter((each) => each.startsWith(basename(partial)));
    for (const each of left) await rm(join(dirname(program), each), { recursive: true });
  }
  return program;
}

function run(tool: string, args: readonly string[], options: { cwd: string; env: NodeJS.ProcessEnv }): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(tool, [...args], { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    // Maven tells what went wrong on standard output.
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        said = (said + text).slice(-4000);
      });
    child.once('error', () => reject(new Error(`${tool} is not on the PATH`)));
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${basename(tool)} ended with ${code}:\n${said}`));
    });
  });
}

/** What a build or a run leaves among the sources. */
const made = /^Cargo\.lock$|^target\/|(?:^|\/)__pycache__\//u;

function hashOf(folder: string, build: Build): string {
  const hash = createHash('sha256').update(JSON.stringify([build.args('out'), build.finish?.('out')]));
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    // The path of a checkout is nothing of the program's.
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((file) => !made.test(file));
  for (const file of files.toSorted()) hash.update(file).update(readFileSync(join(folder, file)));
  return hash.digest('hex').slice(0, 16);
}

/** Where what was built is kept, outside of the repository. */
export function cacheFolder(): string {
  const base = process.env['XDG_CACHE_HOME'];
  return join(base === undefined || base === '' ? join(homedir(), '.cache') : base, 'canaryop/bench');
}
