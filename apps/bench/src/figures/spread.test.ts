import { describe, expect, it } from 'vitest';

import { spreadOf } from './spread.ts';

describe('the spread of runs', () => {
  it.each([
    [[3], { minimum: 3, median: 3, maximum: 3 }],
    [[9, 1, 2], { minimum: 1, median: 2, maximum: 9 }],
    [[4, 1, 3, 2], { minimum: 1, median: 2.5, maximum: 4 }],
  ])('of %j is %j', (values, spread) => {
    expect(spreadOf(values)).toEqual(spread);
  });

  it('of nothing is refused', () => {
    expect(() => spreadOf([])).toThrow('there are no runs');
  });
});
