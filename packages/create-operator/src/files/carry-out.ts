import { mkdir, open, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import type { PlannedFile } from '../plan/planned-file.ts';
import { UsageError } from '../usage-error.ts';

/** One file as it was found, beside what it is to be. */
interface FoundFile extends PlannedFile {
  readonly before: Buffer | undefined;
}

/**
 * Carries a plan out below `root`: all of it, or nothing. Returns the paths that changed. Throws `UsageError`, with
 * every path at once, when that would overwrite what somebody else wrote.
 * @param options.force overwrite it all the same
 */
export async function carryOut(
  root: string,
  plan: readonly PlannedFile[],
  options: { readonly force: boolean },
): Promise<string[]> {
  const found: FoundFile[] = [];
  for (const file of plan) found.push({ ...file, before: await readBytes(join(root, file.path)) });
  const changed = found.filter(({ content, before }) => !isSame(content, before));
  const foreign = changed.filter(
    ({ before, replaces }) => before !== undefined && (replaces === undefined || !isSame(replaces, before)),
  );
  if (foreign.length > 0 && !options.force) {
    throw new UsageError(
      `these files are there already, and nothing was written:\n${foreign.map(({ path }) => `  ${path}`).join('\n')}\n` +
        'Move them away, choose another name, or overwrite them with --force.',
    );
  }
  await settleAll(root, changed);
  return changed.map(({ path }) => path);
}

async function settleAll(root: string, files: readonly FoundFile[]): Promise<void> {
  const undo: (() => Promise<void>)[] = [];
  try {
    for (const file of files) await settle(root, file, undo);
  } catch (error) {
    for (const step of undo.toReversed()) await step();
    throw error;
  }
}

async function settle(
  root: string,
  { path, content, before }: FoundFile,
  undo: (() => Promise<void>)[],
): Promise<void> {
  const target = join(root, path);
  if (content === undefined) {
    if (before !== undefined) undo.push(() => writeFile(target, before));
    await rm(target, { force: true });
    return;
  }
  const firstMade = await mkdir(dirname(target), { recursive: true });
  if (firstMade !== undefined) undo.push(() => removeEmpty(dirname(target), firstMade));
  if (before !== undefined) {
    undo.push(() => writeFile(target, before));
    await writeFile(target, content);
    return;
  }
  // Fails for what has come there since: that is not ours to overwrite, nor to remove.
  const file = await open(target, 'wx');
  undo.push(() => rm(target, { force: true }));
  try {
    await file.writeFile(content);
  } finally {
    await file.close();
  }
}

/** Removes the folders that were made, innermost first, as long as they are empty. */
async function removeEmpty(folder: string, outermost: string): Promise<void> {
  let current = folder;
  while (current.startsWith(outermost)) {
    await rmdir(current);
    current = dirname(current);
  }
}

async function readBytes(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function isSame(content: string | Uint8Array | undefined, before: Buffer | undefined): boolean {
  if (content === undefined || before === undefined) return content === before;
  return before.equals(typeof content === 'string' ? Buffer.from(content) : content);
}
