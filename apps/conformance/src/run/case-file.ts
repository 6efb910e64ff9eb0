import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Comparable } from '../compare/normalize.ts';
import type { Sequence } from '../sequence/operation.ts';
import type { Judgement } from './judge.ts';

/** A sequence with what a real server answered: what simkube is held to. */
export interface RecordedCase {
  /** What differed once. */
  readonly about: string;
  readonly recordedOn: string;
  readonly sequence: Sequence;
  readonly expected: readonly Comparable[];
}

/** Writes a case below a folder and resolves with its path. */
export async function writeCase(
  folder: string,
  about: string,
  found: { readonly judgement: Judgement; readonly version: string },
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const { sequence, expected } = found.judgement;
  const recorded: RecordedCase = { about, recordedOn: found.version, sequence, expected };
  const path = join(folder, `${fileName(about)}-${sequence.seed}.json`);
  await writeFile(path, `${JSON.stringify(recorded, null, 1)}\n`);
  return path;
}

/** Reads a case. */
export async function readCase(path: string): Promise<RecordedCase> {
  return JSON.parse(await readFile(path, 'utf8')) as RecordedCase;
}

/** Paths of the cases in a folder, in order; none when there is no such folder. */
export async function caseFiles(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => join(folder, name));
}

function fileName(about: string): string {
  const words = about.replaceAll(/not \{.*$/gu, '').replaceAll(/[^A-Za-z\d]+/gu, '-');
  return words.toLowerCase().replaceAll(/^-|-$/gu, '').slice(0, 80);
}
