import { expect, it } from 'vitest';

import { nextFinalizers } from './next-finalizers.ts';

it.each<[string, string[], string[] | undefined, string[], string[]]>([
  ['the first', [], [], ['ours'], ['ours']],
  ['ours beside those of others', ['theirs'], ['theirs'], ['theirs', 'ours'], ['theirs', 'ours']],
  ['one that somebody has added meanwhile stays', ['theirs', 'ours'], ['ours'], [], ['theirs']],
  ['one that somebody has removed meanwhile stays away', ['ours'], ['theirs', 'ours'], ['theirs'], []],
  ['one that is there already comes once', ['ours'], [], ['ours'], ['ours']],
  ['exactly those that are wanted, for who does not say what was known', ['theirs'], undefined, ['ours'], ['ours']],
])('%s', (_what, present, known, wanted, expected) => {
  expect(nextFinalizers(present, known, wanted)).toEqual(expected);
});
