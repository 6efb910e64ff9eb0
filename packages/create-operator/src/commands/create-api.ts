import { readProject } from '../files/project-state.ts';
import { readTemplate } from '../files/template-files.ts';
import { planApi } from '../plan/plan-api.ts';
import { addToProject } from './add-to-project.ts';
import type { Io, OutputOptions } from './io.ts';

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
  await addToProject(plan, options, io);
}
