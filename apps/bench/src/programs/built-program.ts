import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** How the folder of a peer is made into a program. */
export interface Build {
  readonly tool: string;
  readonly args: (out: string) => readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Where the tool leaves the program, if not at `out`. */
  readonly result?: (out: string) => string;
}

/** The program that the folder of a peer makes, kept outside of the repository until its sources change. */
export async function builtProgram(peer: string, progress: (line: string) => void, build: Build): Promise<string> {
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
