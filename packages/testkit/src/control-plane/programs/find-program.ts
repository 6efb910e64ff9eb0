import { join } from 'node:path';

import { processEnv, type Env } from '@canaryop/reconcile/env';

import { buildProgram, type OnProgress } from './build-program.ts';
import { isExecutable } from './executable.ts';
import { NoGoError } from './go.ts';
import { recipeOf } from './program-cache.ts';
import { programOf, type Program, type ProgramName } from './program.ts';

/** How programs are looked for. */
export interface FindOptions {
  /** @default the process */
  readonly env?: Env;
  /** Told of builds, one line each. @default lines on standard error */
  readonly onProgress?: OnProgress;
}

/**
 * Where a program is: in the folder that `KUBEBUILDER_ASSETS` names, else in the cache, built by Go when it is not there
 * yet. Rejects when there is neither, and says how to have either.
 */
export async function findProgram(name: ProgramName, options: FindOptions = {}): Promise<string> {
  const { env = processEnv(), onProgress = toStandardError } = options;
  const program = programOf(name);
  const assets = process.env['KUBEBUILDER_ASSETS'];
  if (assets !== undefined && assets !== '') {
    const path = join(assets, name);
    if (await isExecutable(path)) return path;
  }
  const recipe = await recipeOf(program).catch((error: unknown) => {
    throw error instanceof NoGoError ? new Error(neither(program, assets)) : error;
  });
  if (!(await isExecutable(recipe.path))) await buildProgram(program, recipe, env, onProgress);
  return recipe.path;
}

/** The same for several, one after the other in the order given: a build takes every core there is. */
export async function findPrograms<N extends ProgramName>(
  names: readonly N[],
  options: FindOptions = {},
): Promise<Readonly<Record<N, string>>> {
  const found: [N, string][] = [];
  for (const name of names) found.push([name, await findProgram(name, options)]);
  return Object.fromEntries(found) as Record<N, string>;
}

function toStandardError(line: string): void {
  process.stderr.write(`control plane: ${line}\n`);
}

function neither({ name, module }: Program, assets: string | undefined): string {
  const looked = assets === undefined || assets === '' ? 'KUBEBUILDER_ASSETS is not set' : `${assets} has no ${name}`;
  return (
    `there is no ${name}: ${looked}, and go, which would build it from ${module}, is not on the PATH. ` +
    'Install Go 1.26 or newer, or set KUBEBUILDER_ASSETS to a folder with the programs (setup-envtest makes one)'
  );
}
