import { describe, expect, it } from 'vitest';

import { firstWeightMs, latenessMs, releaseTimes, type Timeline } from './timeline.ts';

const plan = { steps: 5, weight: 10, intervalMs: 10_000 };
/** A release that was asked for at second 100. */
const release = (...seen: readonly (readonly [seconds: number, weight: number])[]): Timeline => ({
  changedMs: 100_000,
  weights: seen.map(([seconds, weight]) => ({ atMs: seconds * 1000, weight })),
});

describe('the timeline of a release', () => {
  it.each<readonly [string, Timeline, number | undefined, readonly number[]]>([
    ['as it should be', release([101, 10], [111, 20], [121, 30], [131, 40], [141, 50], [151, 0]), 1000, [0, 0, 0, 0]],
    ['that began late and went on in time', release([140, 10], [150, 20]), 40_000, [0]],
    [
      'that falls behind more with each step',
      release([102, 10], [113, 20], [124, 30], [135, 40], [146, 50]),
      2000,
      [1000, 2000, 3000, 4000],
    ],
    ['with a step that came early', release([101, 10], [110, 20]), 1000, [0]],
    ['with a step that was skipped', release([101, 10], [122, 30]), 1000, [11_000, 1000]],
    ['that got no traffic', release([101, 0]), undefined, []],
  ])('%s', (_, timeline, first, late) => {
    expect(firstWeightMs(timeline)).toBe(first);
    expect(latenessMs(timeline, plan)).toEqual(late);
  });

  it('is one of many, of which the slowest twentieth is left out', () => {
    const many = Array.from({ length: 20 }, (_, index) => ({
      ...release([101 + index, 10], [111 + index, 20], [121 + 2 * index, 30]),
      ...(index === 3 ? {} : { promotedMs: 160_000 }),
    }));
    expect(releaseTimes(many, plan)).toEqual({
      firstWeightP50Ms: 10_000,
      firstWeightP95Ms: 19_000,
      latenessP95Ms: 17_000,
      unfinished: 1,
    });
  });

  it('has no figures of nothing', () => {
    expect(releaseTimes([release()], plan)).toEqual({ unfinished: 1 });
  });
});
