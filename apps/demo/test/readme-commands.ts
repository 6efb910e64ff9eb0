import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The command lines of the README's shell blocks, continued lines joined as a shell joins them. */
const commands = [
  ...readFileSync(join(import.meta.dirname, '../../../README.md'), 'utf8').matchAll(/```sh\n(?<block>[^`]+)```/g),
].flatMap(({ groups }) => (groups?.['block'] ?? '').replaceAll('\\\n', '').trim().split('\n'));

/** The one command of the README that contains all these words. */
export function readmeCommand(...words: readonly string[]): string {
  const found = [...new Set(commands.filter((command) => words.every((word) => command.includes(word))))];
  const [command] = found;
  if (command === undefined || found.length > 1)
    throw new Error(`the README has ${found.length} commands with ${words.join(' and ')}`);
  return command;
}
