import { describe, expect, it } from 'vitest';

import type { Condition } from '../object/object.ts';
import { findCondition, isFalse, isTrue, removeCondition, setCondition } from './conditions.ts';

const ready: Condition = {
  type: 'Ready',
  status: 'True',
  reason: 'Done',
  message: 'all is well',
  lastTransitionTime: '2026-01-01T00:00:00Z',
  observedGeneration: 1,
};
const laterMs = 1_780_272_000_000;

describe('setting a condition', () => {
  it('adds one that is missing, with the time of now in whole seconds', () => {
    const [added] = setCondition(undefined, { type: 'Ready', status: 'False', reason: 'R', message: 'm' }, laterMs);
    expect(added?.lastTransitionTime).toBe('2026-06-01T00:00:00Z');
  });

  it('moves lastTransitionTime only when the status changes', () => {
    const [said] = setCondition([ready], { ...ready, reason: 'Other', message: 'other' }, laterMs);
    expect(said).toEqual({ ...ready, reason: 'Other', message: 'other' });
    const [changed] = setCondition([ready], { ...ready, status: 'Unknown' }, laterMs);
    expect(changed?.lastTransitionTime).toBe('2026-06-01T00:00:00Z');
  });

  it('returns the same array when nothing changes', () => {
    const conditions = [ready];
    expect(
      setCondition(
        conditions,
        { type: 'Ready', status: 'True', reason: 'Done', message: 'all is well', observedGeneration: 1 },
        laterMs,
      ),
    ).toBe(conditions);
    expect(setCondition(conditions, { ...ready, observedGeneration: 2 }, laterMs)).not.toBe(conditions);
  });

  it('leaves other conditions, their order and unknown fields alone', () => {
    const other = { ...ready, type: 'Other' };
    const extended = { ...ready, futureField: 1 };
    const result = setCondition([other, extended], { ...ready, reason: 'X' }, laterMs);
    expect(result[0]).toBe(other);
    expect(result[1]).toMatchObject({ futureField: 1, reason: 'X' });
  });
});

describe('reading conditions', () => {
  it('tells true, false and neither apart', () => {
    const unknown: Condition = { ...ready, type: 'U', status: 'Unknown' };
    expect([isTrue([ready], 'Ready'), isFalse([ready], 'Ready')]).toEqual([true, false]);
    expect([isTrue([unknown], 'U'), isFalse([unknown], 'U')]).toEqual([false, false]);
    expect([isTrue(undefined, 'Ready'), isFalse([], 'Ready')]).toEqual([false, false]);
    expect(findCondition([ready], 'Missing')).toBeUndefined();
  });

  it('removes one, and returns the same array when it is not there', () => {
    const conditions = [ready];
    expect(removeCondition(conditions, 'Ready')).toEqual([]);
    expect(removeCondition(conditions, 'Other')).toBe(conditions);
  });
});
