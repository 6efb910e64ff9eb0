import { createTwoFilesPatch } from 'diff';

import type { PlannedFile } from '../plan/planned-file.ts';
import { generatedHeader } from './generated-manifests.ts';

/** How the manifests on the disk differ from what the module says. */
export interface Drift {
  /** What makes them equal. */
  readonly plan: readonly PlannedFile[];
  /** Paths of files whose first line somebody took away: they are left alone. */
  readonly yours: readonly string[];
}

/**
 * Compares generated files with those that are there.
 * @param present text by path, of everything in the folders where generated files lie
 */
export function driftOf(generated: Readonly<Record<string, string>>, present: Readonly<Record<string, string>>): Drift {
  const isGenerated = (path: string): boolean => present[path]?.startsWith(generatedHeader) === true;
  const yours = Object.keys(generated).filter((path) => present[path] !== undefined && !isGenerated(path));
  const changed = Object.entries(generated).filter(([path, text]) => present[path] !== text && !yours.includes(path));
  const leftOver = Object.keys(present).filter((path) => isGenerated(path) && generated[path] === undefined);
  const replacing = (path: string): Pick<PlannedFile, 'replaces'> => {
    const replaces = present[path];
    return replaces === undefined ? {} : { replaces };
  };
  return {
    plan: [
      ...changed.map(([path, content]) => ({ path, content, ...replacing(path) })),
      ...leftOver.map((path) => ({ path, content: undefined, ...replacing(path) })),
    ],
    yours,
  };
}

/** A unified diff of what a plan would change. */
export function diffText(plan: readonly PlannedFile[]): string {
  return plan
    .map(({ path, content, replaces }) =>
      createTwoFilesPatch(
        replaces === undefined ? '/dev/null' : `a/${path}`,
        content === undefined ? '/dev/null' : `b/${path}`,
        replaces ?? '',
        content?.toString() ?? '',
      ).replace(/^=+\n/u, ''),
    )
    .join('');
}
