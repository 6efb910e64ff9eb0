import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const page = readFileSync(join(root, '../../docs/pains.md'), 'utf8');
const sections = page.split(/^## /mu).slice(1);

/** `- \`file\`: name of a test`, below the heading of a pain. */
const named = sections.flatMap((section) =>
  [...section.matchAll(/^- `(?<file>[^`]+)`: (?<test>.+)$/gmu)].map(({ groups }) => [
    groups?.['test'] ?? '',
    groups?.['file'] ?? '',
  ]),
);

describe('docs/pains.md', () => {
  it('names a test for each of the twenty pains', () => {
    const numbers = sections.map((section) => Number.parseInt(section, 10));
    expect(numbers).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect(sections.filter((section) => !/^- `/mu.test(section))).toEqual([]);
  });

  it.each(named)('names the test "%s" of %s, which exists and runs', (test, file) => {
    const title = test.replaceAll(/[.*+?^${}()|[\]\\]/gu, String.raw`\$&`);
    const running = new RegExp(`(\\bit|\\))\\(\\s*(['"\`])${title}\\2,`, 'gu');
    expect([...readFileSync(join(root, file), 'utf8').matchAll(running)]).toHaveLength(1);
  });
});
