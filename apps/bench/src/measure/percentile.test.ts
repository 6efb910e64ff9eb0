import { describe, expect, it } from 'vitest';

import { percentile } from './percentile.ts';

const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

describe('a percentile', () => {
  it.each([
    [0.5, 50],
    [0.99, 99],
    [1, 100],
    [0.001, 1],
  ])('of 1 to 100 at %d is %d', (share, expected) => {
    expect(percentile(hundred, share)).toBe(expected);
  });

  it('of nothing is 0', () => {
    expect(percentile([], 0.99)).toBe(0);
  });
});
