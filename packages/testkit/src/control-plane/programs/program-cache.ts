import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { familyFolder, go, goEnvironment, moduleVersion } from './go.ts';
import type { Program } from './program.ts';

/** How a program is built, and where the result is kept. */
export interface Recipe {
  readonly version: string;
  /** Of `go build`, without `-o`. */
  readonly args: readonly string[];
  /** Where the program is once it is built: outside the repository, so that clones share it. */
  readonly path: string;
}

/** The recipe of a program. Its folder is named after everything that the result depends on. Needs Go. */
export async function recipeOf(program: Program): Promise<Recipe> {
  const folder = familyFolder(program.family);
  const [version, goVersion, sources] = await Promise.all([
    moduleVersion(program.family, program.module),
    go(program.family, ['env', 'GOVERSION', 'GOOS', 'GOARCH']),
    sourcesIn(folder),
  ]);
  const target = program.package === '' ? program.module : `${program.module}/${program.package}`;
  const args = ['build', '-trimpath', '-buildvcs=false', '-ldflags', linkerFlags(program, version), target];
  const hash = createHash('sha256')
    .update(sources)
    .update(JSON.stringify([args, goEnvironment, goVersion]))
    .digest('hex');
  return { version, args, path: join(cacheFolder(), hash.slice(0, 16), program.name) };
}

/** Everything in the folder of a family: the versions of what is built, and our own programs. */
async function sourcesIn(folder: string): Promise<string> {
  const own = (await readdir(folder)).filter((name) => name.endsWith('.go')).toSorted();
  const texts = await Promise.all(['go.mod', 'go.sum', ...own].map((name) => readFile(join(folder, name), 'utf8')));
  return texts.join('');
}

/** `~/.cache/canaryop/control-plane`, or below `$XDG_CACHE_HOME`. */
function cacheFolder(): string {
  const base = process.env['XDG_CACHE_HOME'];
  return join(base === undefined || base === '' ? join(homedir(), '.cache') : base, 'canaryop/control-plane');
}

/** Without symbols. Kubernetes is told its version, or discovery would say v0.0.0. */
function linkerFlags({ family }: Program, version: string): string {
  if (family !== 'kubernetes') return '-s -w';
  const [major = '', minor = ''] = version.slice(1).split('.');
  const variables = { gitVersion: version, gitMajor: major, gitMinor: minor };
  const settings = Object.entries(variables).map(
    ([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`,
  );
  return ['-s', '-w', ...settings].join(' ');
}
