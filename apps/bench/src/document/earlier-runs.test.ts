import { describe, expect, it } from 'vitest';

import type { BenchmarkRecord } from './benchmark-record.ts';
import { refuseOthers, withEarlierRuns, type RawRecord } from './earlier-runs.ts';

const raw = (more: Partial<RawRecord> = {}): RawRecord => ({
  benchmark: 'rollout',
  date: '2026-01-02',
  machine: { cpu: 'Some CPU', cores: 2, memoryGiB: 8, node: 'v26.0.0', load: 0.1 },
  apiServer: 'v1.36.3',
  runs: 1,
  size: '200 applications',
  versions: { operator: 'this repository', flagger: 'v1.44.0' },
  skipped: {},
  results: [{ peer: 'operator' }],
  ...more,
});
const committed = (more: Partial<RawRecord> = {}): BenchmarkRecord => ({ ...raw(more), tables: [] });

describe('runs that are added to those on record', () => {
  it('are counted with them, as of the later day and the busier moment', () => {
    const earlier = committed({ date: '2026-01-01', machine: { ...raw().machine, load: 3 }, runs: 2 });
    const all = withEarlierRuns(earlier, raw({ results: [{ peer: 'flagger' }] }));
    expect(all).toMatchObject({ date: '2026-01-02', runs: 3, results: [{ peer: 'operator' }, { peer: 'flagger' }] });
    expect(all.machine.load).toBe(3);
  });

  it.each<[string, Partial<RawRecord>]>([
    ['size', { size: '10 applications' }],
    ['machine', { machine: { ...raw().machine, cores: 8 } }],
  ])('are refused before measuring where the %s is another', (what, more) => {
    expect(() => refuseOthers(committed(more), raw())).toThrow(`not of the same ${what};`);
    expect(() => refuseOthers(committed(), raw())).not.toThrow();
  });

  it('stand alone where none is on record', () => {
    expect(withEarlierRuns(undefined, raw())).toEqual(raw());
  });

  it.each<[string, Partial<RawRecord>]>([
    ['size', { size: '10 applications' }],
    ['machine', { machine: { ...raw().machine, cores: 8 } }],
    ['API server', { apiServer: 'v1.37.0' }],
    ['versions', { versions: { operator: 'this repository', flagger: 'v1.45.0' } }],
    ['left out', { skipped: { 'argo-rollouts': 'go is not on the PATH' } }],
  ])('are refused where the %s is another', (what, more) => {
    expect(() => withEarlierRuns(committed(more), raw())).toThrow(`not of the same ${what};`);
  });
});
