import { describe, expect, it } from 'vitest';

import { compileAnchoredPattern } from '../anchored-pattern.ts';
import { Labels } from '../labels.ts';
import type { Matcher } from './matcher.ts';
import { TimeSeriesStore } from './time-series-store.ts';

const up = Labels.fromRecord({ __name__: 'up', job: 'a' });

function regex(name: string, type: '=~' | '!~', value: string): Matcher {
  const compiled = compileAnchoredPattern(value);
  if (!compiled.ok) throw new Error(compiled.error);
  return { name, type, value, pattern: compiled.pattern };
}

describe('the time series store', () => {
  it('refuses a sample that is not newer than the last one of its series', () => {
    const store = new TimeSeriesStore();
    expect(store.append(up, 1000, 1)).toBe('appended');
    expect(store.append(up, 1000, 2)).toBe('out of order');
    expect(store.append(up, 999, 2)).toBe('out of order');
    expect(store.append(up.with('job', 'b'), 999, 2)).toBe('appended');
    expect(store.select([])[0]?.range(0, 2000)).toEqual([{ timeMs: 1000, value: 1 }]);
  });

  it('knows a staleness marker from a NaN', () => {
    const store = new TimeSeriesStore();
    store.append(up, 1000, Number.NaN);
    store.appendStale(up, 2000);
    store.append(up, 3000, 7);
    const [series] = store.select([]);
    expect(series?.newestIn(0, 1999)).toEqual({ timeMs: 1000, value: Number.NaN });
    expect(series?.newestIn(0, 2999)).toBeUndefined();
    expect(series?.newestIn(0, 3000)).toEqual({ timeMs: 3000, value: 7 });
    expect(series?.range(0, 5000).map((point) => point.timeMs)).toEqual([1000, 3000]);
  });

  it('takes both ends of an interval in', () => {
    const store = new TimeSeriesStore();
    for (const timeMs of [1000, 2000, 3000]) store.append(up, timeMs, timeMs);
    const [series] = store.select([]);
    expect(series?.range(1000, 3000)).toHaveLength(3);
    expect(series?.range(1001, 2999)).toHaveLength(1);
    expect(series?.newestIn(1000, 1000)?.value).toBe(1000);
    expect(series?.newestIn(1001, 1999)).toBeUndefined();
    expect([series?.hasSampleIn(3001, 4000), series?.hasSampleIn(3000, 4000)]).toEqual([false, true]);
  });

  it.each<[string, readonly Matcher[], readonly string[]]>([
    ['by name', [{ name: '__name__', type: '=', value: 'b' }], ['b{x="1"}', 'b{x="2"}']],
    ['of an unknown name', [{ name: '__name__', type: '=', value: 'z' }], []],
    ['equal', [{ name: 'x', type: '=', value: '1' }], ['a{x="1"}', 'b{x="1"}']],
    ['a missing label', [{ name: 'x', type: '=', value: '' }], ['a{}']],
    ['not equal', [{ name: 'x', type: '!=', value: '1' }], ['a{}', 'b{x="2"}']],
    ['matching', [regex('x', '=~', '1|3')], ['a{x="1"}', 'b{x="1"}']],
    ['not matching', [regex('x', '!~', '.+')], ['a{}']],
    [
      'all conditions',
      [regex('x', '=~', '.+'), { name: '__name__', type: '!=', value: 'a' }],
      ['b{x="1"}', 'b{x="2"}'],
    ],
  ])('selects series %s, in order', (_case, matchers, expected) => {
    const store = new TimeSeriesStore();
    for (const labels of [
      { __name__: 'b', x: '2' },
      { __name__: 'a' },
      { __name__: 'b', x: '1' },
      { __name__: 'a', x: '1' },
    ])
      store.append(Labels.fromRecord(labels), 0, 0);
    expect(store.select(matchers).map((series) => String(series.labels))).toEqual(expected);
  });

  it('forgets samples older than its retention, and series without samples', () => {
    const store = new TimeSeriesStore({ retentionMs: 60_000 });
    store.append(up.with('job', 'gone'), 0, 1);
    for (let timeMs = 0; timeMs <= 600_000; timeMs += 1000) store.append(up, timeMs, 1);
    const { series, samples } = store.size;
    expect(series).toBe(1);
    expect(samples).toBeGreaterThanOrEqual(60);
    // A sixteenth of the retention is the surplus that may build up between two prunings.
    expect(samples).toBeLessThanOrEqual(66);
  });

  it('keeps within its bound of samples by forgetting the oldest', () => {
    const store = new TimeSeriesStore({ maxSamples: 100 });
    for (let timeMs = 0; timeMs < 200_000; timeMs += 1000) store.append(up, timeMs, timeMs);
    expect(store.size.samples).toBeLessThanOrEqual(100);
    expect(store.select([])[0]?.newestIn(0, 1e9)?.value).toBe(199_000);
  });

  it('refuses series beyond its bound until others are gone', () => {
    const store = new TimeSeriesStore({ maxSeries: 1, retentionMs: 1000 });
    store.append(up, 0, 1);
    expect(store.append(up.with('job', 'b'), 0, 1)).toBe('too many series');
    expect(store.append(up, 5000, 1)).toBe('appended');
    expect(store.size).toEqual({ series: 1, samples: 1 });
  });
});
