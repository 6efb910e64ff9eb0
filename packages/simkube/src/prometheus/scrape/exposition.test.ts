import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { MetricSample } from '../metric-sample.ts';
import { formatExposition, parseExposition } from './exposition.ts';

const sample = fc.record<MetricSample>({
  name: fc.constantFrom('a_total', 'b', 'c:d'),
  type: fc.constant('gauge'),
  labels: fc.dictionary(
    fc.constantFrom('x', 'y_1', 'le', '__proto__'),
    fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\r', '')),
  ),
  value: fc.double(),
});

describe('the text format', () => {
  it('groups series by metric, a histogram as one, and escapes values', () => {
    const text = formatExposition([
      { name: 'd_bucket', type: 'histogram', labels: { le: '+Inf' }, value: 2 },
      { name: 'r_total', type: 'counter', labels: { path: 'a"\\\n' }, value: 1 },
      { name: 'd_sum', type: 'histogram', labels: {}, value: 0.5 },
    ]);
    expect(text).toBe(
      '# TYPE d histogram\nd_bucket{le="+Inf"} 2\nd_sum 0.5\n# TYPE r_total counter\nr_total{path="a\\"\\\\\\n"} 1\n',
    );
    expect(parseExposition(text)).toMatchObject({
      ok: true,
      samples: [{ type: 'histogram' }, { type: 'histogram' }, { type: 'counter' }],
    });
  });

  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 5 }), (samples) => {
        const parsed = parseExposition(formatExposition(samples));
        const byName = [...Map.groupBy(samples, ({ name }) => name).values()].flat();
        expect(parsed).toEqual({ ok: true, samples: byName });
      }),
    );
  });

  it.each<[string, Partial<MetricSample>]>([
    ['a 1', { name: 'a', labels: {}, value: 1 }],
    ['a{} 1e3', { labels: {}, value: 1000 }],
    ['a { x = "1" , y="}" , } NaN 1700000000000', { labels: { x: '1', y: '}' }, value: Number.NaN }],
    ['# HELP a text\n# TYPE a counter\n\na -Inf', { type: 'counter', value: Number.NEGATIVE_INFINITY }],
    ['# TYPE a summary\na{quantile="0.5"} 1', { type: 'gauge' }],
  ])('reads %j', (text, expected) => {
    expect(parseExposition(text)).toMatchObject({ ok: true, samples: [expected] });
  });

  it.each(['a', 'a b', '1a 1', 'a{x=1} 1', 'a{x="1} 1', 'a{x="1" y="2"} 1', '<html>', 'a{x="1"}} 1'])(
    'refuses %j',
    (text) => {
      expect(parseExposition(`ok 1\n${text}`)).toMatchObject({ ok: false, error: expect.stringMatching(/^line 2: /) });
    },
  );
});
