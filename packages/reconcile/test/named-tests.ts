import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** Name and file of each test that a page names, each once, by lines such as `- \`file\`: name of a test`. */
export function named(page: string): readonly (readonly [test: string, file: string])[] {
  const lines = [...page.matchAll(/^- `(?<file>[^`]+)`: (?<test>.+)$/gmu)].map(
    ({ groups }) => [groups?.['test'] ?? '', groups?.['file'] ?? ''] as const,
  );
  return [...new Map(lines.map((line) => [line.join(' of '), line])).values()];
}

/** Whether a file has exactly one test of that name, which is neither skipped nor left to do. */
export function runsOnce(test: string, file: string): boolean {
  const title = test.replaceAll(/[.*+?^${}()|[\]\\]/gu, String.raw`\$&`);
  const running = new RegExp(`(\\bit|\\))\\(\\s*(['"\`])${title}\\2,`, 'gu');
  const path = file.startsWith('packages/') ? join(root, '../..', file) : join(root, file);
  return [...readFileSync(path, 'utf8').matchAll(running)].length === 1;
}
