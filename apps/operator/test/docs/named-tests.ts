import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../../..');

/** A part of a page that has to name what shows it. */
export interface Section {
  readonly heading: string;
  readonly text: string;
  readonly tests: readonly NamedTest[];
}

/** A test as a page names it: `- \`file\`: title`. */
export interface NamedTest {
  readonly file: string;
  readonly title: string;
}

/** The sections of a page of docs/ below headings of the third level. */
export function sectionsOf(page: string): readonly Section[] {
  const text = readFileSync(join(root, 'docs', page), 'utf8');
  return text
    .split(/^### /mu)
    .slice(1)
    .map((section) => {
      const [own = ''] = section.split(/^## /mu);
      const [heading = '', ...lines] = own.split('\n');
      return { heading, text: lines.join('\n'), tests: [...own.matchAll(line)].map(testOf) };
    });
}

const line = /^- `(?<file>[^`]+)`: (?<title>.+)$/gmu;

function testOf({ groups }: RegExpMatchArray): NamedTest {
  const { file = '', title = '' } = groups ?? {};
  return { file: /^(packages|apps)\//u.test(file) ? file : `apps/operator/${file}`, title };
}

const sources = new Map<string, string>();

/** The text of a file; empty where there is none. */
function sourceOf(file: string): string {
  const known = sources.get(file);
  if (known !== undefined) return known;
  let text = '';
  try {
    text = readFileSync(join(root, file), 'utf8');
  } catch {
    // A page that names a file which is not there names no test.
  }
  sources.set(file, text);
  return text;
}

/**
 * Whether a file has a test of this title that runs: as the first argument of `it`, or of what `it.each` gave; as the
 * first cell of a row; or as the key of an object of rows.
 */
export function isThere({ file, title }: NamedTest): boolean {
  const escaped = title.replaceAll(/[.*+?^${}()|[\]\\]/gu, String.raw`\$&`);
  const literal = `(?<quote>['"\`])${escaped}\\k<quote>`;
  const argument = new RegExp(String.raw`(\b(it|test)\(|\)\(|\[|\brule:)\s*${literal}\s*,`, 'u');
  const key = new RegExp(String.raw`^\s*${literal}: \{`, 'mu');
  const source = sourceOf(file);
  return argument.test(source) || key.test(source);
}
