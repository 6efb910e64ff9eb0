import { describe, expect, it } from 'vitest';

import { describeFault, parseReplayLine, replayLine, type Fault, type Plan } from './fault.ts';

describe('a replay line', () => {
  it.each<[string, number, Plan]>([
    ['1:', 1, []],
    ['17:die-after@2', 17, [{ kind: 'die-after', at: 2 }]],
    [
      '4:lag@5/3000,refused@1/503,break@2',
      4,
      [
        { kind: 'lag', at: 5, amount: 3000 },
        { kind: 'refused', at: 1, amount: 503 },
        { kind: 'break', at: 2 },
      ],
    ],
  ])('%s is a seed and a plan, and comes out of them', (line, seed, plan) => {
    expect(parseReplayLine(line)).toEqual({ seed, plan });
    expect(replayLine(seed, plan)).toBe(line);
  });

  it.each([
    ['', 'no replay line'],
    ['die-after@2', 'no replay line'],
    ['1:flood@2', '"flood@2" is no fault; there are die-before'],
    ['1:toString@2', 'is no fault'],
    ['1:lag@2', 'needs an amount'],
    ['1:break@2/7', 'has no amount'],
  ])('%j is refused: %s', (line, why) => {
    expect(() => parseReplayLine(line)).toThrow(why);
  });
});

describe('a fault in words', () => {
  it.each<[Fault, string]>([
    [{ kind: 'die-before', at: 3 }, 'the operator dies before request 3 is sent'],
    [{ kind: 'throttled', at: 1, amount: 5 }, 'request 1 is refused with 429 and Retry-After 5 s'],
    [{ kind: 'refused', at: 1, amount: 503 }, 'request 1 is refused with status 503'],
    [{ kind: 'lag', at: 2, amount: 100 }, 'a watch lags by 100 ms from event 2 on'],
  ])('%j', (fault, text) => {
    expect(describeFault(fault)).toBe(text);
  });
});
