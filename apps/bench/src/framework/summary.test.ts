import { describe, expect, it } from 'vitest';

import { markdownTable } from '../figures/markdown-table.ts';
import type { WorkFigures } from './measure-work.ts';
import { summarize, unfinished } from './summary.ts';

const work = (coldMs: number, more: Partial<WorkFigures> = {}): WorkFigures => ({
  coldMs,
  coldRequests: 4000,
  coldCpuSeconds: 2,
  updateMs: 5000,
  updateRequests: 4000,
  updateCpuSeconds: 1,
  latencyP50Ms: 5,
  latencyP99Ms: 8,
  peakMiB: 90,
  restRequests: 0,
  restCpuSeconds: 0.01,
  ...more,
});
const run = (peer: string, coldMs: number, more?: Partial<WorkFigures>) => ({
  peer,
  version: '1',
  work: { figures: work(coldMs, more) },
});
const result = {
  runs: [
    run('reconcile', 3000),
    run('reconcile', 4000),
    run('reconcile', 3500),
    run('controller-runtime', 7000, { peakMiB: 50 }),
    { peer: 'reconcile', version: '1', cache: { figures: { syncMs: 1500, residentMiB: 150 } } },
  ],
  skipped: {},
};

describe('the summary of a benchmark', () => {
  const [table] = summarize(result);
  const rows = table?.rows ?? [];
  const row = (figure: string) => rows.find((each) => each.figure === figure);

  it('has the median of all runs, and how ours stands to controller-runtime', () => {
    expect(row('cold start')).toMatchObject({
      values: { reconcile: { minimum: 3000, median: 3500, maximum: 4000 }, 'controller-runtime': { median: 7000 } },
      ratio: 0.5,
    });
  });

  it.each([
    ['cold start', true],
    ['peak memory', true],
    ['latency, median', true],
    ['requests of a cold start', undefined],
    // Nobody to compare with.
    ['cache filled', undefined],
  ])('says whether %s is as it should be: %j', (figure, isIt) => {
    expect(row(figure)?.isReached).toBe(isIt);
  });

  it('is a table with what was missed', () => {
    const [slow] = summarize({ ...result, runs: [run('reconcile', 6000), run('controller-runtime', 7000)] });
    expect(
      markdownTable(slow?.rows ?? [], 'controller-runtime')
        .split('\n')
        .slice(0, 4),
    ).toEqual([
      '| | reconcile | controller-runtime | ours to controller-runtime |',
      '|---|---|---|---|',
      '| cold start, ms | 6000 | 7000 | 0.86 (at most 0.65, **missed**) |',
      '| requests of a cold start | 4000 | 4000 | 1.00 |',
    ]);
  });

  it('says who did not finish what, and why, with the figures up to there', () => {
    const failing = (failure: string, coldMs?: number) => ({
      peer: 'slow',
      version: '1',
      work: { figures: coldMs === undefined ? {} : { coldMs }, failure },
    });
    const lost = 'update of all: 7 Widgets have not been reconciled after 300 s';
    const runs = [...result.runs, failing(lost, 9000), failing('cold start: the process ended: out of\nmemory')];
    const [failed] = summarize({ runs, skipped: {} });
    const lines = markdownTable(failed?.rows ?? [], 'controller-runtime').split('\n');
    expect(lines[2]).toBe(
      '| cold start, ms | 3500 (3000 to 4000) | 7000 | 9000, 1 did not finish | 0.50 (at most 0.65) |',
    );
    expect(lines[5]).toBe('| update of all, ms | 5000 | 5000 | did not finish | 1.00 (at most 0.8, **missed**) |');
    // It was not asked to fill a cache.
    expect(lines.find((line) => line.startsWith('| cache filled'))).toBe(
      '| cache filled, ms | 1500 |  |  | (at most 1) |',
    );
    expect(unfinished(runs)).toEqual([`slow, ${lost}`, 'slow, cold start: the process ended: out of memory']);
  });

  it('has not reached what it did not finish', () => {
    const [ours] = summarize({
      ...result,
      runs: [...result.runs, { peer: 'reconcile', version: '1', work: { figures: {}, failure: 'cold start: lost' } }],
    });
    expect(ours?.rows[0]).toMatchObject({ figure: 'cold start', ratio: 0.5, isReached: false });
  });

  it('compares the small work with client-go, in a table of its own', () => {
    const small = (peer: string, getNs: number, heapBytesPerObject: number) => ({
      peer,
      version: '1',
      micro: { getNs, heapBytesPerObject },
    });
    const runs = [...result.runs, small('reconcile', 100, 2700), small('client-go', 200, 3000)];
    const [, micro] = summarize({ ...result, runs });
    expect(micro).toMatchObject({ comparedWith: 'client-go', theirs: ['client-go'] });
    expect(micro?.rows).toMatchObject([
      { figure: 'cache: get by key', ratio: 0.5 },
      { figure: 'heap per cached ConfigMap of 2 KB', ratio: 0.9, isReached: false },
    ]);
  });
});
