import { watch } from 'node:fs';
import { join } from 'node:path';

import { sleep, type Env } from '@canaryop/reconcile/env';

/** Editors write a file in several steps, and tools several files. */
const calmMs = 50;
/** Where editors keep what is not saved, and what was there before. */
const editorsOwn = /(^|[/\\])\.[^/\\]*$|~$/u;

/** The paths that change below a folder, those of one stroke together, until the signal aborts. */
export async function* sourceChanges(env: Env, folder: string, signal: AbortSignal): AsyncIterable<readonly string[]> {
  const changed = new Set<string>();
  let wake = (): void => undefined;
  signal.addEventListener('abort', () => wake(), { once: true });
  const watcher = watch(folder, { recursive: true, signal }, (_event, name) => {
    if (name === null || editorsOwn.test(name)) return;
    changed.add(join(folder, name));
    wake();
  });
  watcher.on('error', () => undefined);
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
}
