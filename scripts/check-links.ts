/** Fails when a Markdown file links to a file or heading of this repository that is not there, or is half merged. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const root = join(import.meta.dirname, '..');

/** Text outside of code, where a link is a link. */
function proseOf(markdown: string): string {
  return markdown.replaceAll(/^(```|~~~)[\s\S]*?^\1/gm, '').replaceAll(/`[^`\n]*`/g, '');
}

/** The anchors that a forge gives to headings: those that are alike are counted. */
function anchorsOf(markdown: string): ReadonlySet<string> {
  const headings = markdown.replaceAll(/^(```|~~~)[\s\S]*?^\1/gm, '').matchAll(/^#{1,6} +(.+?) *#*$/gm);
  const counts = new Map<string, number>();
  return new Set(
    [...headings].map(([, title = '']) => {
      const anchor = title
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(/\s/g, '-');
      const count = counts.get(anchor) ?? 0;
      counts.set(anchor, count + 1);
      return count === 0 ? anchor : `${anchor}-${count}`;
    }),
  );
}

function problemOf(from: string, target: string): string | undefined {
  if (/^[a-z][a-z+.-]*:/i.test(target)) return undefined;
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? from : join(dirname(from), decodeURIComponent(path));
  if (!existsSync(file)) return `there is no ${relative(root, file)}`;
  if (anchor === undefined || !file.endsWith('.md')) return undefined;
  return anchorsOf(readFileSync(file, 'utf8')).has(anchor)
    ? undefined
    : `${relative(root, file)} has no heading #${anchor}`;
}

const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', '*.md'], {
  cwd: root,
  encoding: 'utf8',
});
let links = 0;
for (const name of listed.split('\0').filter((path) => path !== '' && existsSync(join(root, path)))) {
  const file = join(root, name);
  // Code that is half merged does not compile; prose does not tell.
  if (/^(?:<<<<<<<|>>>>>>>) /m.test(readFileSync(file, 'utf8'))) {
    process.stderr.write(`${name}: has the marks of a merge that was not finished\n`);
    process.exitCode = 1;
  }
  for (const [, target = ''] of proseOf(readFileSync(file, 'utf8')).matchAll(/\]\(<?([^()\s>]+)>?(?: "[^"]*")?\)/g)) {
    links += 1;
    const problem = problemOf(file, target);
    if (problem === undefined) continue;
    process.stderr.write(`${name}: (${target}) ${problem}\n`);
    process.exitCode = 1;
  }
}
process.stdout.write(`looked at ${links} links\n`);
