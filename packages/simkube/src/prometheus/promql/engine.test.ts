import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { engineOver, loadSeries, show, showInstant } from '../../../test/prometheus/load-series.ts';
import { PromqlEngine } from './engine.ts';

/** Samples each 10 s from 0 s to 60 s. */
const data = {
  'requests_total{pod="a",code="200"}': '0 10 20 30 40 50 60',
  'requests_total{pod="a",code="500"}': '0 0 0 1 2 3 4',
  'requests_total{pod="b",code="200"}': '100 120 140 20 40 60 80',
  'memory{pod="a"}': '1 2 3 4 5 6 7',
  'memory{pod="b"}': '10 20 stale',
  'limit{pod="a",team="red"}': '4 4 4 4 4 4 4',
  'limit{pod="c",team="blue"}': '8 8 8 8 8 8 8',
  'odd{kind="nan"}': 'NaN NaN NaN NaN NaN NaN NaN',
  'odd{kind="inf"}': '+Inf +Inf +Inf +Inf +Inf +Inf +Inf',
  'odd{kind="one"}': '1 1 1 1 1 1 1',
  'twin_a{x="1"}': '1 1 1 _ _ _ _',
  'twin_b{x="1"}': '_ _ _ _ 1 1 1',
};
const engine = engineOver(data);

describe('an instant query', () => {
  it.each<[string, number, readonly string[]]>([
    // Selection
    ['memory', 15, ['memory{pod="a"} 2', 'memory{pod="b"} 20']],
    ['memory', 20, ['memory{pod="a"} 3']],
    ['memory offset 10s', 25, ['memory{pod="a"} 2', 'memory{pod="b"} 20']],
    ['memory offset -10s', 5, ['memory{pod="a"} 2', 'memory{pod="b"} 20']],
    ['memory @ 30', 999_999, ['memory{pod="a"} 4']],
    ['memory', 360, ['memory{pod="a"} 7']],
    ['memory', 360.001, []],
    ['memory{pod=~"a|b"}[20s]', 20, ['memory{pod="a"} 1@0 2@10 3@20', 'memory{pod="b"} 10@0 20@10']],
    // Over a range; both ends belong to it
    ['increase(requests_total{pod="a"}[30s])', 60, ['{code="200", pod="a"} 30', '{code="500", pod="a"} 3']],
    // 120 140 20 40: 120 -> 140 is 20, the reset gives 20, then 20.
    ['increase(requests_total{pod="b"}[30s])', 40, ['{code="200", pod="b"} 60']],
    ['rate(requests_total{code="200"}[20s] offset 40s)', 60, ['{code="200", pod="a"} 1', '{code="200", pod="b"} 2']],
    ['sum_over_time(memory{pod="a"}[20s])', 20, ['{pod="a"} 6']],
    ['avg_over_time(memory{pod="a"}[20s])', 20, ['{pod="a"} 2']],
    ['quantile_over_time(0.25, memory{pod="a"}[20s])', 20, ['{pod="a"} 1.5']],
    ['last_over_time(memory[20s])', 60, ['memory{pod="a"} 7']],
    ['max_over_time(memory{pod="a"}[20s:5s])', 22, ['{pod="a"} 3']],
    ['sum_over_time(memory{pod="a"}[20s:20s])', 30, ['{pod="a"} 3']],
    // Aggregation
    ['sum(requests_total)', 60, ['{} 144']],
    ['sum by (code) (requests_total)', 60, ['{code="200"} 140', '{code="500"} 4']],
    ['avg without (code) (requests_total)', 60, ['{pod="a"} 32', '{pod="b"} 80']],
    ['count by (__name__) ({pod="a"})', 0, ['limit{} 1', 'memory{} 1', 'requests_total{} 2']],
    ['min(odd)', 0, ['{} 1']],
    ['max(odd)', 0, ['{} Infinity']],
    ['sum(odd)', 0, ['{} NaN']],
    ['topk(1, requests_total)', 60, ['requests_total{code="200", pod="b"} 80']],
    ['bottomk(2, odd)', 0, ['odd{kind="one"} 1', 'odd{kind="inf"} Infinity']],
    ['count_values("is", limit)', 0, ['{is="4"} 1', '{is="8"} 1']],
    ['quantile(0.5, limit)', 0, ['{} 6']],
    ['sum(nothing)', 0, []],
    // Arithmetic, comparison, sets
    ['1 + 2 * 3 ^ 2', 0, ['19']],
    ['1 / 0', 0, ['Infinity']],
    ['-5 % 3', 0, ['-2']],
    ['1 > bool 2', 0, ['0']],
    ['memory * 2', 0, ['{pod="a"} 2', '{pod="b"} 20']],
    ['memory > 5', 0, ['memory{pod="b"} 10']],
    ['5 < memory', 0, ['memory{pod="b"} 10']],
    ['memory > bool 5', 0, ['{pod="a"} 0', '{pod="b"} 1']],
    ['odd == odd', 0, ['odd{kind="inf"} Infinity', 'odd{kind="one"} 1']],
    ['odd != odd', 0, ['odd{kind="nan"} NaN']],
    ['memory / on (pod) limit', 0, ['{pod="a"} 0.25']],
    [
      'requests_total / on (pod) group_left (team) limit',
      60,
      ['{code="200", pod="a", team="red"} 15', '{code="500", pod="a", team="red"} 1'],
    ],
    ['limit - on (pod) group_right memory', 0, ['{pod="a"} 3']],
    ['memory > on (pod) limit', 60, ['{pod="a"} 7']],
    ['memory and on (pod) limit', 0, ['memory{pod="a"} 1']],
    ['memory unless on (pod) limit', 0, ['memory{pod="b"} 10']],
    ['memory or on (pod) limit', 0, ['memory{pod="a"} 1', 'memory{pod="b"} 10', 'limit{pod="c", team="blue"} 8']],
    ['-memory', 0, ['{pod="a"} -1', '{pod="b"} -10']],
    // Functions
    ['absent(nothing{a="b", c=~"d"})', 0, ['{a="b"} 1']],
    ['absent(memory)', 0, []],
    ['scalar(memory)', 60, ['7']],
    ['scalar(limit)', 60, ['NaN']],
    ['vector(1)', 0, ['{} 1']],
    ['time()', 12.5, ['12.5']],
    ['timestamp(memory)', 15, ['{pod="a"} 10', '{pod="b"} 10']],
    ['timestamp(memory + 0)', 15, ['{pod="a"} 15', '{pod="b"} 15']],
    ['round(memory / 4, 0.5)', 60, ['{pod="a"} 2']],
    ['clamp(memory, 2, 5)', 0, ['{pod="a"} 2', '{pod="b"} 5']],
    ['sort_desc(odd)', 0, ['odd{kind="inf"} Infinity', 'odd{kind="one"} 1', 'odd{kind="nan"} NaN']],
    ['sort(odd)', 0, ['odd{kind="one"} 1', 'odd{kind="inf"} Infinity', 'odd{kind="nan"} NaN']],
    ['label_replace(memory{pod="a"}, "x", "$1!", "pod", "(.)")', 0, ['memory{pod="a", x="a!"} 1']],
    ['label_join(limit{pod="a"}, "x", "-", "pod", "team")', 0, ['limit{pod="a", team="red", x="a-red"} 4']],
    ['"text"', 0, ['text']],
  ])('%s at %s s', (query, seconds, expected) => {
    expect(showInstant(engine, query, seconds)).toEqual(expected);
  });

  it.each([
    [
      'requests_total / on (pod) limit',
      'execution: multiple matches for labels: many-to-one matching must be explicit',
    ],
    ['limit / on (pod) requests_total', 'execution: found duplicate series for the match group on the right hand-side'],
    [
      'requests_total * on (pod) group_left (code) limit',
      'execution: multiple matches for labels: grouping labels must ensure',
    ],
    ['rate({x="1"}[1m])', 'execution: vector cannot contain metrics with the same labelset'],
    ['label_replace(odd, "kind", "", "kind", ".*")', 'execution: vector cannot contain metrics with the same labelset'],
    ['topk(NaN, memory)', 'execution: Scalar value NaN overflows int64'],
    ['stddev_over_time(rate(memory[1m]))', 'bad_data: 1:18: parse error: expected type range vector'],
  ])('%s fails: %s', (query, error) => {
    expect(showInstant(engine, query, 60)[0]).toContain(error);
  });
});

describe('a range query', () => {
  const times = { startMs: 0, endMs: 60_000, stepMs: 20_000 };

  it("answers the sample's kind of query: only the points at which the release is bad", () => {
    expect(show(engine.range('increase(requests_total{code=~"5.*"}[20s]) > 1', times))).toEqual([
      '{code="500", pod="a"} 2@40 2@60',
    ]);
  });

  it('joins the points of a series that comes and goes, and gives a scalar as a series without labels', () => {
    expect(show(engine.range('memory != 3', times))).toEqual(['memory{pod="a"} 1@0 5@40 7@60', 'memory{pod="b"} 10@0']);
    expect(show(engine.range('time()', times))).toEqual(['{} 0@0 20@20 40@40 60@60']);
  });

  it('fixes @ start() and @ end() for all its steps', () => {
    const query = 'memory{pod="a"} @ end() - memory{pod="a"} @ start()';
    expect(show(engine.range(query, times))).toEqual(['{pod="a"} 6@0 6@20 6@40 6@60']);
  });

  it('refuses an expression that is no vector', () => {
    expect(show(engine.range('memory[1m]', times))).toEqual([
      'bad_data: invalid expression type "range vector" for range query, must be Scalar or instant Vector',
    ]);
  });

  it('refuses two series that became one by losing their names, even when they are never there together', () => {
    const sameLabelset = ['execution: vector cannot contain metrics with the same labelset'];
    expect(show(engine.range('rate({x="1"}[20s])', times))).toEqual(sameLabelset);
    expect(show(engine.range('rate(twin_a[20s])', times))).toEqual(['{x="1"} 0@20']);
  });

  const queries = fc.constantFrom(
    'memory',
    'rate(requests_total[20s])',
    'sum by (pod) (requests_total)',
    'memory > 2',
    'topk(1, memory)',
  );

  it('is the instant query at each of its steps', () => {
    const start = fc.integer({ min: -10_000, max: 60_000 });
    fc.assert(
      fc.property(queries, start, fc.integer({ min: 1, max: 30_000 }), (query, startMs, stepMs) => {
        const range = { startMs, endMs: startMs + 10 * stepMs, stepMs };
        const points = engine.range(query, range);
        const expected: string[] = [];
        for (let timeMs = startMs; timeMs <= range.endMs; timeMs += stepMs) {
          const instant = engine.instant(query, timeMs);
          if (!instant.ok || instant.data.resultType !== 'vector') throw new Error('an instant vector');
          for (const { labels, value } of instant.data.samples) expected.push(`${timeMs} ${labels.key} ${value}`);
        }
        if (!points.ok || points.data.resultType !== 'matrix') throw new Error('a matrix');
        const actual = points.data.series.flatMap(({ labels, points: all }) =>
          all.map(({ timeMs, value }) => `${timeMs} ${labels.key} ${value}`),
        );
        expect(new Set(actual)).toEqual(new Set(expected));
        expect(actual).toHaveLength(expected.length);
      }),
    );
  });

  it('sums groups to the total, whatever the grouping', () => {
    const labels = fc.subarray(['pod', 'code', 'team', '__name__']).map((names) => names.join(', '));
    const words = fc.constantFrom('by', 'without');
    fc.assert(
      fc.property(labels, words, fc.integer({ min: 0, max: 60 }), (names, word, seconds) => {
        const total = showInstant(engine, `sum(sum ${word} (${names}) ({pod=~".+"}))`, seconds);
        expect(total).toEqual(showInstant(engine, 'sum({pod=~".+"})', seconds));
      }),
    );
  });
});

describe('limits of a query', () => {
  it('ends a query that takes longer than its timeout, and never lets one ask for more than the engine allows', () => {
    let nowMs = 0;
    const clock = { now: () => 0, monotonic: () => (nowMs += 100) };
    const slow = new PromqlEngine(loadSeries(data), clock, { timeoutMs: 1000 });
    const range = { startMs: 0, endMs: 60_000, stepMs: 1000 };
    const timedOut = ['timeout: query timed out in expression evaluation'];
    expect(show(slow.range('memory', range, 60_000))).toEqual(timedOut);
    expect(show(slow.range('memory', { ...range, endMs: 2000 }, 200))).toEqual(timedOut);
    expect(slow.range('memory', { ...range, endMs: 2000 })).toMatchObject({ ok: true });
  });

  it('ends a subquery with too many steps, though it finds nothing', () => {
    const small = new PromqlEngine(loadSeries(data), { now: () => 0, monotonic: () => 0 }, { maxSamples: 1000 });
    expect(small.instant('max_over_time(nothing[1y:1ms])', 0)).toMatchObject({ errorType: 'execution' });
  });

  it('ends a query whose labels grow without bound', () => {
    const doubled = (inner: string): string => `label_replace(${inner}, "pod", "$1$1", "pod", "(.*)")`;
    let query = 'limit{pod="a"}';
    for (let level = 0; level < 60; level += 1) query = doubled(query);
    const error = 'execution: value of label pod is longer than 65536 characters';
    expect(showInstant(engine, query, 0)).toEqual([error]);
  });

  it('ends a query that reads more samples than allowed', () => {
    const small = new PromqlEngine(loadSeries(data), { now: () => 0, monotonic: () => 0 }, { maxSamples: 20 });
    expect(small.instant('memory', 0)).toMatchObject({ ok: true });
    expect(small.instant('sum_over_time(requests_total[1m])', 60_000)).toMatchObject({ errorType: 'execution' });
  });
});
