import { describe, expect, it } from 'vitest';

import { isPlausible, judge, type Told } from './judge.ts';

const step = (weight: number, share: number | undefined = weight, answers = 250) => ({
  version: 'v2',
  weight,
  share,
  answers,
});
const told: Told = {
  v2: { steps: [10, 20, 30, 40, 50].map((weight) => step(weight)), seconds: 20, done: true },
  v3: { steps: [step(10)], seconds: 9, done: true },
  images: { v2: 'web:v2', v3: 'web:v3' },
  lastFailedTag: 'web:v3',
  sent: 4000,
  failed: 0,
};

describe('the judgement of the story', () => {
  it('is ok when everything held', () => {
    expect(judge(told)).toEqual({
      result: 'ok',
      v2: { weights: [10, 20, 30, 40, 50], promoted: true, seconds: 20 },
      v3: { rolledBack: true, lastFailedTag: 'web:v3', seconds: 9 },
      requests: { sent: 4000, failedByRollout: 0 },
    });
  });

  it.each<[string, Partial<Told>, string]>([
    ['a request failed', { failed: 1 }, '1 of 4000 GET /hello were not answered with 200'],
    ['nothing was asked', { sent: 0 }, 'no request was sent'],
    [
      'a weight was left out',
      { v2: { ...told.v2, steps: [step(10), step(50)] } },
      'the weights of v2 were 10,50, not 10,20,30,40,50',
    ],
    ['v2 was not promoted', { v2: { ...told.v2, done: false } }, 'v2 was not promoted'],
    ['v3 was not rolled back', { v3: { ...told.v3, done: false } }, 'v3 was not rolled back'],
    ['another image is the failed one', { lastFailedTag: 'web:v2' }, 'lastFailedTag is "web:v2", not web:v3'],
    ['the story broke off', { unfinished: 'v2 promoted: not within 60 s' }, 'v2 promoted: not within 60 s'],
    [
      'the traffic did not follow',
      { v2: { ...told.v2, steps: [...told.v2.steps.slice(0, 4), step(50, 5)] } },
      'v2 answered 5 % of 250 requests at weight 50',
    ],
  ])('is failed, and says so, when %s', (_name, change, reason) => {
    const { result, why } = judge({ ...told, ...change });
    expect(result).toBe('failed');
    expect(why).toEqual([reason]);
  });

  it.each([
    [step(10, 10), true],
    [step(10, 15), true],
    [step(10, 25), false],
    [step(50, 40), true],
    [step(50, 100), false],
    [step(10, 0), false],
    [step(10, 10, 29), false],
    [step(10, undefined, 0), false],
  ])('finds %j plausible: %s', (measured, expected) => {
    expect(isPlausible(measured)).toBe(expected);
  });
});
