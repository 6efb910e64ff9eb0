import { describe, expect, it } from 'vitest';

import { parseTime } from '@canaryop/reconcile/env';

import { timestamp } from './timestamp.ts';

describe('a timestamp', () => {
  it.each([
    [0, '1970-01-01T00:00:00Z'],
    [10_000, '1970-01-01T00:00:10Z'],
    [10_120, '1970-01-01T00:00:10.12Z'],
    [10_001, '1970-01-01T00:00:10.001Z'],
  ])('of %i ms is %s, and says the same moment', (ms, text) => {
    expect(timestamp(ms)).toBe(text);
    expect(parseTime(timestamp(ms))).toBe(ms);
  });
});
