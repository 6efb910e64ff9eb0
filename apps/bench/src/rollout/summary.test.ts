import { describe, expect, it } from 'vitest';

import type { BatchFigures, RolloutSize } from './measure-rollouts.ts';
import { summarize } from './summary.ts';

const size: RolloutSize = {
  plan: { steps: 5, weight: 10, intervalMs: 10_000 },
  hasOne: true,
  many: 200,
  veryMany: 1000,
  settleSeconds: 1,
  restSeconds: 120,
  failing: 5,
};
const batch = (more: Partial<BatchFigures>): BatchFigures => ({
  applications: 200,
  firstWeightP50Ms: 1000,
  firstWeightP95Ms: 2000,
  latenessP95Ms: 100,
  unfinished: 0,
  requests: { 'patch canaryapps/status': 4000, 'create events': 2000 },
  cpuSeconds: 4,
  peakMiB: 100,
  seconds: 70,
  ...more,
});
const run = (peer: string, firstWeightP95Ms: number) => ({ peer, version: '1', many: batch({ firstWeightP95Ms }) });
const [table] = summarize(
  {
    runs: [
      { ...run('operator', 2000), rest: { requests: { 'get pods': 3 }, cpuSeconds: 0.05 }, rollbackMs: [900, 5100] },
      run('flagger', 48_000),
      run('flagger, raised', 16_000),
      { peer: 'operator', version: '1', veryMany: batch({ applications: 1000, unfinished: 1 }) },
      { peer: 'no operator', version: 'bare Deployments', bareMs: [3000, 4000, 5000] },
    ],
    skipped: {},
  },
  size,
);
const row = (figure: string) => table?.rows.find((each) => each.figure === figure);

describe('the summary of the rollout benchmark', () => {
  it('tells how long Kubernetes takes for itself, and compares nobody with that', () => {
    expect(row('200: first weight, 95th percentile')?.values['no operator']?.median).toBe(5);
    expect(row('200: CPU')?.values['no operator']).toBeUndefined();
    expect(row('200: first weight, 95th percentile')?.ratio).toBe(2 / 16);
  });

  it('holds each figure of ours against the best of the others', () => {
    expect(row('200: first weight, 95th percentile')).toMatchObject({ unit: 's', ratio: 2 / 16, isReached: true });
  });

  it.each<readonly [figure: string, ours: number, isReached: boolean | undefined]>([
    ['200: API requests a release', 30, true],
    ['200: API requests a release, patch', 20, undefined],
    ['200: API requests a release, get', 0, undefined],
    ['200 at rest for 120 s: API requests', 3, false],
    ['200 at rest for 120 s: CPU', 0.05, true],
    ['bad sample to weight 0, slowest', 5.1, true],
    ['1000: not promoted', 1, false],
  ])('has %s', (figure, ours, isReached) => {
    expect(row(figure)?.values['operator']?.median).toBe(ours);
    expect(row(figure)?.isReached).toBe(isReached);
  });

  it('leaves out what nobody was asked for', () => {
    expect(row('1: first weight')).toBeUndefined();
  });
});
