import { basename, relative, resolve } from 'node:path';

import { carryOut } from '../files/carry-out.ts';
import { readLinkedPackages } from '../files/linked-packages.ts';
import { versions } from '../files/own-versions.ts';
import { readTemplate } from '../files/template-files.ts';
import { planProject } from '../plan/plan-project.ts';
import { tell, type Io, type OutputOptions } from './io.ts';

/** Flags of `init` and of `create-operator`. */
export interface InitOptions extends OutputOptions {
  readonly domain: string;
  /** @default the folder's name */
  readonly name?: string;
  /** A folder of packed packages. */
  readonly link?: string;
  readonly force?: true;
}

/** Makes a project in a folder. */
export async function init(directory: string, options: InitOptions, io: Io): Promise<void> {
  const root = resolve(io.cwd, directory);
  const name = options.name ?? basename(root);
  const linked = options.link === undefined ? [] : await readLinkedPackages(resolve(io.cwd, options.link));
  const plan = planProject({ name, domain: options.domain, versions, linked }, readTemplate);
  const written = await carryOut(root, plan, { force: options.force === true });
  const folder = relative(io.cwd, root);
  tell(io, options, { project: name, folder: root, written }, [
    `${name}: ${written.length} files in ${root}`,
    '',
    'Next:',
    ...(folder === '' ? [] : [`  cd ${folder}`]),
    '  npm install',
    '  npm run reconcile -- create api --version v1 --kind Greeting',
    '  npm test',
    '  npm run dev',
  ]);
}
