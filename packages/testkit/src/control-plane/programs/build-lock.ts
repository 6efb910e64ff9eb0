import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import { sleep, type Env } from '@canaryop/reconcile/env';

const pollMs = 250;
/** Longer than any build: a lock of this age was left behind, and its process id is someone else's now. */
const abandonedMs = 45 * 60_000;

/**
 * Runs `build` while no other process runs it under the same `path`. It saves work and is not what makes concurrent
 * builds safe: a result appears by an atomic rename. So a lock whose owner is gone is simply taken over.
 * @param onWait told, once, that another process is at it.
 */
export async function withBuildLock<T>(
  path: string,
  env: Env,
  onWait: (pid: number) => void,
  build: () => Promise<T>,
): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  let hasWaited = false;
  while (!(await take(path))) {
    const owner = await ownerOf(path, env.clock.now());
    if (owner === undefined) {
      await rm(path, { force: true });
      continue;
    }
    if (!hasWaited) onWait(owner);
    hasWaited = true;
    await sleep(env.timers, pollMs);
  }
  try {
    return await build();
  } finally {
    await rm(path, { force: true });
  }
}

async function take(path: string): Promise<boolean> {
  try {
    await writeFile(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** The process that holds a lock; undefined when there is none any more. */
async function ownerOf(path: string, nowMs: number): Promise<number | undefined> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
    const pid = Number.parseInt(text, 10);
    return nowMs - mtimeMs < abandonedMs && isAlive(pid) ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  if (Number.isNaN(pid)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It lives, and belongs to someone else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
