import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The command lines of the shell blocks of a page, continued lines joined as a shell joins them. */
export function commandsOf(page: string): readonly string[] {
  const text = readFileSync(join(import.meta.dirname, '../../..', page), 'utf8');
  return [...text.matchAll(/```sh\n(?<block>[^`]+)```/g)].flatMap(({ groups }) =>
    (groups?.['block'] ?? '').replaceAll('\\\n', '').trim().split('\n'),
  );
}

/** The one command of a page that contains all these words. */
export function docCommand(page: string, ...words: readonly string[]): string {
  const found = [...new Set(commandsOf(page).filter((command) => words.every((word) => command.includes(word))))];
  const [command] = found;
  if (command === undefined || found.length > 1)
    throw new Error(`${page} has ${found.length} commands with ${words.join(' and ')}`);
  return command;
}

/** The one command of the README that contains all these words. */
export function readmeCommand(...words: readonly string[]): string {
  return docCommand('README.md', ...words);
}
