import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { carryOut } from '../files/carry-out.ts';
import { readProject } from '../files/project-state.ts';
import { readTemplate } from '../files/template-files.ts';
import { planApi } from '../plan/plan-api.ts';
import { tell, type Io, type OutputOptions } from './io.ts';
import { writeManifests } from './manifests.ts';

/** Flags of `create api`, in commander's form. */
export interface CreateApiOptions extends OutputOptions {
  readonly group?: string;
  readonly version: string;
  readonly kind: string;
  readonly controller: boolean;
  readonly namespaced: boolean;
  readonly finalizer?: true;
  readonly force?: true;
}

/** Adds an API to the project, and brings its manifests up to date. */
export async function createApi(options: CreateApiOptions, io: Io): Promise<void> {
  const { group, version, kind } = options;
  const plan = planApi(
    {
      ...(group === undefined ? {} : { group }),
      version,
      kind,
      isNamespaced: options.namespaced,
      hasController: options.controller,
      hasFinalizer: options.finalizer === true,
    },
    await readProject(io.cwd),
    readTemplate,
  );
  const written = await carryOut(io.cwd, plan, { force: options.force === true });
  // Deriving them needs the packages that the project imports.
  const isInstalled = existsSync(join(io.cwd, 'node_modules'));
  if (isInstalled) written.push(...(await writeManifests(io.cwd)).written);
  tell(io, options, { written }, [
    ...written.map((path) => `wrote ${path}`),
    ...(isInstalled ? [] : ['then: npm install && npx reconcile manifests']),
  ]);
}
