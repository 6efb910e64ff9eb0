import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { checkedSeconds, nextPodWeight, podCounts, podsAtWeight, podsInAll, weightOfPods } from './pod-steps.ts';

interface Row {
  readonly replicas: number;
  readonly stepPercent: number;
  readonly breakpointPercent: number;
  /** Pods of the revision on trial and of primary, step by step. */
  readonly pods: readonly (readonly [number, number])[];
}

const rows: Readonly<Record<string, Row>> = {
  'Aviary’s test: 5 pods, 4 %, up to 50 %': {
    replicas: 5,
    stepPercent: 4,
    breakpointPercent: 50,
    pods: [
      [1, 4],
      [2, 3],
      [3, 2],
    ],
  },
  'Aviary’s README: 10 %, up to 50 %, of 20': {
    replicas: 20,
    stepPercent: 10,
    breakpointPercent: 50,
    pods: [
      [2, 18],
      [4, 16],
      [6, 14],
      [8, 12],
      [10, 10],
    ],
  },
  'steps that do not divide the breakpoint end at it': {
    replicas: 10,
    stepPercent: 20,
    breakpointPercent: 50,
    pods: [
      [2, 8],
      [4, 6],
      [5, 5],
    ],
  },
  'a step larger than the breakpoint is one step': {
    replicas: 10,
    stepPercent: 100,
    breakpointPercent: 30,
    pods: [[3, 7]],
  },
  'primary keeps a pod': {
    replicas: 3,
    stepPercent: 34,
    breakpointPercent: 100,
    pods: [[2, 1]],
  },
  'two pods are one step': { replicas: 2, stepPercent: 10, breakpointPercent: 50, pods: [[1, 1]] },
  'a single pod is joined by another': { replicas: 1, stepPercent: 10, breakpointPercent: 50, pods: [[1, 1]] },
  'percents are not rounded up because of binary fractions': {
    replicas: 25,
    stepPercent: 28,
    breakpointPercent: 28,
    pods: [[7, 18]],
  },
  'of more than 100 pods a step is whole percents': {
    replicas: 250,
    stepPercent: 10,
    breakpointPercent: 30,
    pods: [
      [25, 225],
      [50, 200],
      [75, 175],
    ],
  },
};

/** The weights of a release, in their order. */
function weightsOf(steps: { stepPercent: number; breakpointPercent: number }, replicas: number): readonly number[] {
  const weights: number[] = [];
  for (let next = nextPodWeight(steps, replicas, 0); next !== undefined; next = nextPodWeight(steps, replicas, next))
    weights.push(next);
  return weights;
}

describe('steps by pods', () => {
  it.each(Object.entries(rows))('%s', (_what, { replicas, pods, ...steps }) => {
    const counted = weightsOf(steps, replicas).map((weight) => {
      const tried = podsAtWeight(weight, replicas);
      return [tried, podsInAll(replicas) - tried];
    });
    expect(counted).toEqual(pods);
    expect(podCounts(steps, replicas).steps).toBe(pods.length);
  });

  const percent = fc.integer({ min: 1, max: 100 });

  it('come to an end, climb, and leave primary a pod, whatever the numbers', () => {
    fc.assert(
      fc.property(percent, percent, fc.integer({ min: 1, max: 10_000 }), (stepPercent, breakpointPercent, replicas) => {
        const weights = weightsOf({ stepPercent, breakpointPercent }, replicas);
        const pods = weights.map((weight) => podsAtWeight(weight, replicas));
        expect(weights.length).toBeGreaterThan(0);
        expect(pods).toEqual([...new Set(pods)].sort((a, b) => a - b));
        expect(pods.at(-1)).toBeLessThan(podsInAll(replicas));
        expect(pods[0]).toBeGreaterThan(0);
      }),
    );
  });

  it('read back as they were written', () => {
    fc.assert(
      fc.property(percent, percent, fc.integer({ min: 1, max: 10_000 }), (stepPercent, breakpointPercent, replicas) => {
        const weights = weightsOf({ stepPercent, breakpointPercent }, replicas);
        expect(weights.map((weight) => weightOfPods(podsAtWeight(weight, replicas), replicas))).toEqual(weights);
      }),
    );
  });

  it('come to the counts that the percentages say, where a percent is a pod or more', () => {
    fc.assert(
      fc.property(percent, percent, fc.integer({ min: 2, max: 100 }), (stepPercent, breakpointPercent, replicas) => {
        const { step, breakpoint, steps } = podCounts({ stepPercent, breakpointPercent }, replicas);
        const pods = weightsOf({ stepPercent, breakpointPercent }, replicas).map((weight) =>
          podsAtWeight(weight, replicas),
        );
        expect(pods).toEqual(Array.from({ length: steps }, (_none, index) => Math.min((index + 1) * step, breakpoint)));
      }),
    );
  });
});

describe('the time of a step', () => {
  it.each([
    ['is as it was set', 45, 3, 14, 45],
    ['is as it was set where it is just enough', 42, 3, 14, 42],
    ['leaves room for as many failed checks as end a release', 30, 3, 14, 43],
  ])('%s', (_what, maxStepSeconds, maxFailures, checkIntervalSeconds, seconds) => {
    expect(checkedSeconds({ maxStepSeconds, maxFailures, checkIntervalSeconds })).toBe(seconds);
  });
});
