import { describe, expect, it } from 'vitest';

import { parseDuration, parseNumber, parseString } from './literals.ts';

describe('literals', () => {
  it.each([
    ['5s', 5000],
    ['1h30m', 5_400_000],
    ['1y2w3d4h5m6s7ms', 365 * 864e5 + 14 * 864e5 + 3 * 864e5 + 4 * 36e5 + 5 * 6e4 + 6000 + 7],
    ['0', 0],
    ['0s', 0],
    ['', undefined],
    ['5', undefined],
    ['1.5m', undefined],
    ['30m1h', undefined],
    ['5S', undefined],
    ['-5s', undefined],
  ])('the duration %j is %s ms', (text, expected) => {
    expect(parseDuration(text)).toBe(expected);
  });

  it.each([
    ['1', 1],
    ['.5', 0.5],
    ['5.', 5],
    ['1e3', 1000],
    ['1E-2', 0.01],
    ['0x1f', 31],
    ['017', 15],
    ['019', 19],
    ['Inf', Number.POSITIVE_INFINITY],
    ['nan', Number.NaN],
    ['1_000', undefined],
    ['5m', undefined],
    ['', undefined],
  ])('the number %j is %s', (text, expected) => {
    expect(parseNumber(text)).toBe(expected);
  });

  it.each([
    ['"a"', 'a'],
    ["'a\"b'", 'a"b'],
    ['`a\\n"`', 'a\\n"'],
    ['"a\\n\\t\\\\\\""', 'a\n\t\\"'],
    ['"\\x41\\u00e9\\U0001F600\\101"', 'Aé😀A'],
    ['""', ''],
    ['"a', undefined],
    ['"', undefined],
    ['"a\\"', undefined],
    ['"\\q"', undefined],
    ['"\\ud800"', undefined],
    ['"a\nb"', undefined],
  ])('the string %j is %j', (literal, expected) => {
    expect(parseString(literal)).toBe(expected);
  });
});
