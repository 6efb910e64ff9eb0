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

/** Without symbols. Some programs are told their version, or they would say v0.0.0, or a minor version alone. */
function linkerFlags({ family }: Program, version: string): string {
  const settings = Object.entries(versionVariables[family]?.(version) ?? {});
  return ['-s', '-w', ...settings.map(([name, value]) => `-X ${name}=${value}`)].join(' ');
}

/** The Go variables that hold the version of a family's programs. */
const versionVariables: Partial<Record<Program['family'], (version: string) => Readonly<Record<string, string>>>> = {
  kubernetes: (version) => {
    const [major = '', minor = ''] = version.slice(1).split('.');
    const name = 'k8s.io/component-base/version';
    return { [`${name}.gitVersion`]: version, [`${name}.gitMajor`]: major, [`${name}.gitMinor`]: minor };
  },
  helm: (version) => ({ 'helm.sh/helm/v4/internal/version.version': version }),
};
