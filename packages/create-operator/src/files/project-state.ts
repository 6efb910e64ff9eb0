import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { generatedFolders } from '../manifests/generated-manifests.ts';
import { operatorFile, samplesFile, type ProjectState } from '../plan/plan-api.ts';
import { parseProject, projectFileName } from '../plan/project-file.ts';
import { UsageError } from '../usage-error.ts';
import { readOptional } from './optional-file.ts';

/** Files that plans add to. */
const addedTo = [projectFileName, operatorFile, samplesFile, 'config/default/kustomization.yaml'];

/** What plans have to know of the project at `root`. Rejects with `UsageError` when there is none. */
export async function readProject(root: string): Promise<ProjectState> {
  const files: Record<string, string> = {};
  for (const path of addedTo) {
    const text = await readOptional(join(root, path));
    if (text !== undefined) files[path] = text;
  }
  const text = files[projectFileName];
  if (text === undefined) {
    throw new UsageError(`there is no PROJECT in ${root}: run this in a project, or make one with \`reconcile init\``);
  }
  return { project: parseProject(text), files };
}

/** Text by path of all that lies where generated manifests do. */
export async function readManifests(root: string): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for (const folder of generatedFolders) {
    for (const entry of await entriesOf(join(root, folder))) {
      if (!entry.isFile()) continue;
      const path = `${folder}/${entry.name}`;
      found[path] = await readFile(join(root, path), 'utf8');
    }
  }
  return found;
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
