import { describe, expect, it } from 'vitest';

import { compileAnchoredPattern, type AnchoredPattern } from './anchored-pattern.ts';

function compile(source: string): AnchoredPattern {
  const result = compileAnchoredPattern(source);
  if (!result.ok) throw new Error(result.error);
  return result.pattern;
}

describe('an anchored pattern', () => {
  it.each([
    ['5.*', '500', true],
    ['5.*', '1500', false],
    ['5', '500', false],
    ['a|bc', 'abc', false],
    ['a|bc', 'bc', true],
    ['(?i)ABC', 'abc', true],
    ['', '', true],
    ['.*', 'a\nb', false],
    ['(?s).*', 'a\nb', true],
    ['[[:alpha:]]+', 'ab', true],
    ['\\pL+', 'é', true],
  ])('%j on %j: %s', (source, text, expected) => {
    expect(compile(source).test(text)).toBe(expected);
  });

  it('takes linear time where backtracking would take exponential time', () => {
    const text = `${'a'.repeat(2000)}!`;
    expect(compile('(a+)+').test(text)).toBe(false);
    expect(compile('(a|a|aa)*').test(text)).toBe(false);
    expect(compile('(.*)*x').test(text)).toBe(false);
  });

  it.each(['(', '(?=a)', '(?<!a)b', '(a)\\1', 'a{2000}', '*'])('refuses %j', (source) => {
    expect(compileAnchoredPattern(source)).toMatchObject({ ok: false });
  });

  it('refuses a pattern longer than 4,096 characters', () => {
    expect(compileAnchoredPattern('a'.repeat(4096)).ok).toBe(true);
    expect(compileAnchoredPattern('a'.repeat(4097))).toEqual({
      ok: false,
      error: 'error parsing regexp: longer than 4096 characters',
    });
  });

  it.each([
    ['(.*)-(.*)', 'a-b', '$2/$1', 'b/a'],
    ['(.*)-(.*)', 'a-b', '${1}1', 'a1'],
    ['(.*)-(.*)', 'a-b', '$1x', ''],
    ['(?P<word>.*)', 'a', '<$word>', '<a>'],
    ['(a)|(b)', 'a', '[$2]', '[]'],
    ['.*', 'a', '$$1 $0', '$1 a'],
    ['.*', 'a', 'cost: $', 'cost: $'],
    ['b', 'a', 'x', undefined],
  ])('%j on %j fills in %j as %j', (source, text, template, expected) => {
    expect(compile(source).expand(text, template)).toBe(expected);
  });
});
