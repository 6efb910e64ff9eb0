/**
 * `[FOLDER [PACKAGE...]]`: builds packages and packs them as a registry would have them, into dist/packages or the
 * folder that is named. Where no package is, what `create-operator --link` takes. Prints the folder.
 */
import { execFileSync, type ExecFileSyncOptions } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = join(import.meta.dirname, '..');
const [into = join(root, 'dist/packages'), ...named] = process.argv.slice(2);
const packages = named.length > 0 ? named : ['reconcile', 'simkube', 'testkit', 'create-operator'];
const folder = resolve(into);
const quiet: ExecFileSyncOptions = { stdio: ['ignore', 'pipe', 'inherit'] };

execFileSync(join(root, 'node_modules/.bin/tsc'), ['-b', ...packages.map((name) => `packages/${name}`)], {
  ...quiet,
  cwd: root,
});
execFileSync(process.execPath, [join(root, 'scripts/bundle-library.ts')], quiet);
mkdirSync(folder, { recursive: true });
// Of each package there may be one.
for (const file of readdirSync(folder)) if (/^canaryop-.*\.tgz$/.test(file)) rmSync(join(folder, file));
for (const name of packages) {
  // pnpm writes real versions for those of the workspace. The program that runs this script knows where pnpm is.
  const [program, ...args] = pnpm();
  execFileSync(program, [...args, 'pack', '--pack-destination', folder], {
    ...quiet,
    cwd: join(root, 'packages', name),
  });
}
process.stdout.write(`${folder}\n`);

function pnpm(): readonly [string, ...string[]] {
  const path = process.env['npm_execpath'];
  return path === undefined ? ['npx', '-y', 'pnpm@12.21.0'] : path.endsWith('js') ? [process.execPath, path] : [path];
}
