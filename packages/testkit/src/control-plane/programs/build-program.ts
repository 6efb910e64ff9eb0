import { spawn } from 'node:child_process';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

import { uuid, type Env } from '@canaryop/reconcile/env';

import { withBuildLock } from './build-lock.ts';
import { isExecutable } from './executable.ts';
import { familyFolder, goEnvironment } from './go.ts';
import type { Recipe } from './program-cache.ts';
import type { Program } from './program.ts';

/** Told of what takes more than a moment, one line each. */
export type OnProgress = (line: string) => void;

const progressMs = 10_000;

/**
 * Builds a program into the cache, unless it is there. Of processes that want the same one, one builds and the others
 * wait. Rejects with the compiler's output.
 */
export async function buildProgram(program: Program, recipe: Recipe, env: Env, onProgress: OnProgress): Promise<void> {
  const onWait = (pid: number): void => {
    onProgress(`waiting for process ${pid}, which builds ${program.name}`);
  };
  await withBuildLock(`${recipe.path}.lock`, env, onWait, async () => {
    if (await isExecutable(recipe.path)) return;
    await mkdir(dirname(recipe.path), { recursive: true });
    const partial = `${recipe.path}.${uuid(env.random)}`;
    try {
      const stop = reportTime(program, recipe, env, onProgress);
      await compile(program, ['build', '-o', partial, ...recipe.args.slice(1)]).finally(stop);
      await rename(partial, recipe.path);
    } finally {
      await rm(partial, { force: true });
    }
  });
}

/** Says at once and then every 10 s how long it has been. Returns what ends that, with a last line. */
function reportTime(program: Program, recipe: Recipe, env: Env, onProgress: OnProgress): () => void {
  const { name, module, coldMinutes } = program;
  const startedMs = env.clock.monotonic();
  const seconds = (): string => `${Math.round((env.clock.monotonic() - startedMs) / 1000)} s`;
  const what = `building ${name} from ${module} ${recipe.version}, about ${coldMinutes} min when Go's cache is cold`;
  const tick = (): void => {
    onProgress(`${what}, ${seconds()} so far`);
    cancel = env.timers.schedule(progressMs, tick);
  };
  let cancel = env.timers.schedule(progressMs, tick);
  onProgress(what);
  return () => {
    cancel();
    onProgress(`${name}: go was at it for ${seconds()}`);
  };
}

function compile(program: Program, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('go', [...args], {
      cwd: familyFolder(program.family),
      env: { ...process.env, ...goEnvironment },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let output = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-20_000);
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`go could not build ${program.name} (exit code ${String(code)}):\n${output}`));
    });
  });
}
