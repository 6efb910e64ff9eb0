import { describe, expect, it } from 'vitest';

import { rangeQuestion } from './range-question.ts';

describe('the range of a check', () => {
  const spec = { prometheusQuery: 'q', prometheusURL: 'u' };
  it.each([
    ['asks about this moment before there is traffic', undefined, 1_000_000],
    ['begins whole steps before now', 1_000_000 - 12_345, 990_000],
    ['does not reach before the first traffic', 1_000_000 - 4_999, 1_000_000],
    ['reaches two minutes back at most', 0, 880_000],
    ['asks about this moment when the first traffic is yet to come', 1_000_500, 1_000_000],
  ])('%s', (_name, since, startMs) => {
    expect(rangeQuestion(spec, 1_000_000, since)).toMatchObject({ startMs, endMs: 1_000_000, stepSeconds: 5 });
  });
});
