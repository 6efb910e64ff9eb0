import { describe, expect, it } from 'vitest';

import { ageText, durationText } from './age.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

describe('an age', () => {
  it.each([
    [0, '0s'],
    [119 * second, '119s'],
    [2 * minute, '2m'],
    [5 * minute + 3 * second, '5m3s'],
    [10 * minute + 3 * second, '10m'],
    [3 * hour + 5 * minute, '3h5m'],
    [8 * hour + 5 * minute, '8h'],
    [2 * day + 4 * hour, '2d4h'],
    [8 * day + 4 * hour, '8d'],
    [800 * day, '2y70d'],
    [-5 * second, '<invalid>'],
  ])('of %i ms is written as %s', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });

  it('is unknown without a time', () => {
    expect(ageText(undefined, 0)).toBe('<unknown>');
  });
});
