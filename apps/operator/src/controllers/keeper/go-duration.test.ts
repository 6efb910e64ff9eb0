import { expect, it } from 'vitest';

import { parseGoDuration } from './go-duration.ts';

it.each([
  ['15m', 900_000],
  ['1h30m', 5_400_000],
  ['1.5h', 5_400_000],
  ['90s', 90_000],
  ['1500ms', 1_500],
])('the duration %s is %i ms', (text, ms) => {
  expect(parseGoDuration(text)).toBe(ms);
});

it.each(['', '15', '15 m', '-15m', '15d', 'm', '1h-3m', '1e3s', '٣m', '1h'.repeat(20)])('%j is no duration', (text) => {
  expect(parseGoDuration(text)).toBeUndefined();
});
