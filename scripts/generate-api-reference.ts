/**
 * Writes docs/api: a page for each way into the packages that others install, with the signature and the docstring of
 * all that it exports, as the compiler declares them. Fails where an export has no docstring. `--check` writes nothing
 * and fails when the committed pages differ.
 */
import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { exportsOf, type ExportedName } from './api-reference/declarations.ts';
import { indexPage, modulePage, type ApiModule } from './api-reference/pages.ts';

const root = join(import.meta.dirname, '..');
const isCheck = process.argv.includes('--check');
const packages = ['reconcile', 'testkit'] as const;

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, { readonly types: string }>>;
}

function modulesOf(folder: string): readonly ApiModule[] {
  const path = join(root, 'packages', folder);
  const manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as Manifest;
  return Object.entries(manifest.exports).map(([subpath, { types }]) => {
    const { about, names } = exportsOf(join(path, types));
    const name = join(manifest.name, subpath);
    return { name, page: `${folder}/${subpath === '.' ? 'index' : subpath.slice(2)}.md`, about, names };
  });
}

function undocumented({ name, about, names }: ApiModule): readonly string[] {
  const isSilent = ({ declarations }: ExportedName): boolean => declarations.every(({ doc }) => doc === '');
  return [...(about === '' ? [name] : []), ...names.filter(isSilent).map((each) => `${each.name} of ${name}`)];
}

// Declarations are what the compiler last wrote; when nothing has changed since, this takes a second.
execFileSync(join(root, 'node_modules/.bin/tsc'), ['-b', ...packages.map((name) => join(root, 'packages', name))], {
  stdio: ['ignore', 'inherit', 'inherit'],
});
const modules = packages.flatMap(modulesOf);
const silent = modules.flatMap(undocumented);
for (const each of new Set(silent)) process.stderr.write(`${each} has no docstring\n`);

const pages = new Map([
  ['README.md', indexPage(modules)],
  ...modules.map((each): [string, string] => [each.page, modulePage(each, modules)]),
]);
const folder = join(root, 'docs/api');
const present = new Set(globSync('**/*.md', { cwd: folder }));
const outdated = [...pages]
  .filter(([page, text]) => !present.has(page) || readFileSync(join(folder, page), 'utf8') !== text)
  .map(([page]) => page);
const gone = [...present].filter((page) => !pages.has(page));
for (const page of [...outdated, ...gone]) {
  if (isCheck) process.stderr.write(`docs/api/${page} is not what \`pnpm generate\` writes\n`);
  else settle(page, pages.get(page));
}
const isWrong = silent.length > 0 || (isCheck && outdated.length + gone.length > 0);
process.exitCode = isWrong ? 1 : 0;

function settle(page: string, text: string | undefined): void {
  const path = join(folder, page);
  if (text === undefined) rmSync(path);
  else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  process.stdout.write(`${text === undefined ? 'removed' : 'wrote'} docs/api/${page}\n`);
}
