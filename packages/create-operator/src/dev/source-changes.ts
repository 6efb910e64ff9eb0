import { readdirSync, statSync, watch, type FSWatcher } from 'node:fs';
import { join } from 'node:path';

import { sleep, type Env } from '@canaryop/reconcile/env';

/** Editors write a file in several steps, and tools several files. */
const calmMs = 50;
/** Where editors keep what is not saved, and what was there before. */
const editorsOwn = /^\.|~$/u;

/** The paths of files that change below a folder, those of one stroke together, until the signal aborts. */
export async function* sourceChanges(env: Env, folder: string, signal: AbortSignal): AsyncIterable<readonly string[]> {
  const changed = new Set<string>();
  let wake = (): void => undefined;
  const watcher = new TreeWatcher((path) => {
    changed.add(path);
    wake();
  });
  watcher.add(folder);
  signal.addEventListener('abort', () => wake(), { once: true });
  try {
    while (!signal.aborted) {
      if (changed.size === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      await sleep(env.timers, calmMs);
      const paths = [...changed].toSorted();
      changed.clear();
      if (!signal.aborted) yield paths;
    }
  } finally {
    watcher.close();
  }
}

/**
 * Watches a folder and those below it, each by itself: Node 22's `recursive` loses a file on Linux when another takes its
 * place, which is how many editors save.
 */
class TreeWatcher {
  readonly #onChange: (path: string) => void;
  readonly #watchers = new Map<string, FSWatcher>();

  constructor(onChange: (path: string) => void) {
    this.#onChange = onChange;
  }

  /** What is gone already is let be: its parent tells of what comes in its place. */
  add(folder: string): void {
    this.#watchers.get(folder)?.close();
    try {
      const watcher = watch(folder, (event, name) => {
        if (name !== null && !editorsOwn.test(name)) this.#look(join(folder, name), event === 'rename');
      });
      watcher.on('error', () => undefined);
      this.#watchers.set(folder, watcher);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    for (const path of contentsOf(folder)) if (isFolder(path)) this.add(path);
  }

  close(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
  }

  #look(path: string, isAnother: boolean): void {
    if (!isFolder(path)) {
      this.#onChange(path);
      return;
    }
    if (!isAnother) return;
    this.add(path);
    // They may have come before they were watched.
    for (const each of contentsOf(path)) this.#look(each, true);
  }
}

function contentsOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => !editorsOwn.test(name))
      .map((name) => join(folder, name));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
