import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { carryOut } from '../files/carry-out.ts';
import type { PlannedFile } from '../plan/planned-file.ts';
import { tell, type Io, type OutputOptions } from './io.ts';
import { writeManifests } from './manifests.ts';

/** Carries out a plan for the project in this folder, brings its manifests up to date, and tells what was written. */
export async function addToProject(
  plan: readonly PlannedFile[],
  options: OutputOptions & { readonly force?: true },
  io: Io,
): Promise<void> {
  const written = await carryOut(io.cwd, plan, { force: options.force === true });
  // Deriving them needs the packages that the project imports.
  const isInstalled = existsSync(join(io.cwd, 'node_modules'));
  if (isInstalled) written.push(...(await writeManifests(io.cwd)).written);
  tell(io, options, { written }, [
    ...written.map((path) => `wrote ${path}`),
    ...(isInstalled ? [] : ['then: npm install && npm run manifests']),
  ]);
}
