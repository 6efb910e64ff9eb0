import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { FigureRow } from '../figures/figure-row.ts';
import type { BenchmarkRecord } from './benchmark-record.ts';
import { ratioPlot } from './ratio-plot.ts';
import { sectionIn, sectionOf } from './section.ts';
import { docsFolder, writeDocument } from './write-document.ts';

const exactly = (median: number) => ({ minimum: median, median, maximum: median });
const row = (figure: string, ours: number, theirs: number, more: Partial<FigureRow> = {}): FigureRow => ({
  figure,
  unit: 'ms',
  values: { reconcile: exactly(ours), 'controller-runtime': exactly(theirs) },
  unfinished: {},
  ratio: ours / theirs,
  ...more,
});
const record = (rows: readonly FigureRow[]): BenchmarkRecord => ({
  benchmark: 'framework',
  date: '2026-01-02',
  machine: { cpu: 'Some CPU', cores: 2, memoryGiB: 8, node: 'v26.0.0', load: 0.12 },
  apiServer: 'v1.36.3',
  runs: 3,
  size: '2,000 objects',
  versions: { 'controller-runtime': 'v0.25.2' },
  skipped: { kopf: 'python3 is not on the PATH\nand more' },
  unfinished: ['kube-rs, cold start: 7 Widgets are left'],
  tables: [
    {
      title: 'The same work',
      ours: 'reconcile',
      theirs: ['controller-runtime'],
      comparedWith: 'controller-runtime',
      rows,
    },
  ],
  results: [],
});
const rows = [
  row('cold start', 50, 100, { goal: 0.65, isReached: true }),
  row('update of all', 90, 100, { goal: 0.8, isReached: false }),
];

describe('the section of a benchmark', () => {
  it('says what was measured on what, who was left out and why, and which goals were missed', () => {
    expect(sectionOf(record(rows))).toBe(`Measured on 2026-01-02 by \`pnpm bench framework --write\`.

- 2,000 objects; 3 runs: median (minimum to maximum)
- 2 x Some CPU, 8 GiB, load 0.1 at the start
- Node v26.0.0, kube-apiserver v1.36.3
- controller-runtime v0.25.2
- did not finish: kube-rs, cold start: 7 Widgets are left
- left out: kopf, because python3 is not on the PATH

### The same work

| | reconcile | controller-runtime | ours to controller-runtime |
|---|---|---|---|
| cold start, ms | 50 | 100 | 0.50 (at most 0.65) |
| update of all, ms | 90 | 100 | 0.90 (at most 0.8, **missed**) |

Reached: cold start.

**Missed**: update of all.

![Each figure of each peer, as a ratio](benchmarks/framework.svg)
`);
  });
});

describe('the plot of ratios', () => {
  const lengths = (svg: string, tone: string): readonly number[] =>
    [...svg.matchAll(new RegExp(`class="${tone}" x="[^"]*" y="[^"]*" width="([^"]*)"`, 'g'))].map(([, width]) =>
      Number(width),
    );
  const plot = (...of: readonly FigureRow[]): string => ratioPlot(record(of).tables);

  it('has a bar of a length for each ratio: as long for twice as much as for half of it', () => {
    const [half, quarter] = lengths(plot(row('a', 1, 2), row('b', 1, 4)), 'ours');
    const [twice] = lengths(plot(row('a', 2, 1)), 'more');
    expect([twice, quarter]).toEqual([half, expect.closeTo(2 * (half ?? 0), 0)]);
  });

  it('draws what is far away to the edge, and tells its number', () => {
    const svg = plot(row('a', 100, 1), row('b', 8, 1));
    expect(new Set(lengths(svg, 'more')).size).toBe(1);
    expect(svg).toContain('>100</text>');
  });

  it('leaves out a figure of which the others have nothing', () => {
    expect(plot(row('requests at rest', 0, 0), row('cold start', 1, 2))).not.toContain('requests at rest');
  });

  it('is drawn also where ours is nothing', () => {
    expect(plot(row('CPU', 0, 1))).not.toMatch(/NaN|Infinity/);
  });

  it('has no text that is taken for markup', () => {
    expect(plot(row('a < b & c', 1, 2))).toContain('a &lt; b &amp; c');
  });
});

describe('writing the document', () => {
  let docs = '';
  beforeEach(() => {
    docs = mkdtempSync(join(tmpdir(), 'canaryop-docs-'));
  });
  afterEach(() => {
    rmSync(docs, { recursive: true });
  });
  const page = (): string => readFileSync(join(docs, 'benchmarks.md'), 'utf8');

  it('replaces the section and nothing else, and keeps data and plot beside it', () => {
    writeFileSync(
      join(docs, 'benchmarks.md'),
      'before\n<!-- bench:framework -->\nold\n<!-- /bench:framework -->\nafter\n',
    );
    writeDocument(docs, record(rows));
    const section = sectionOf(record(rows));
    expect(page()).toBe(`before\n<!-- bench:framework -->\n${section}<!-- /bench:framework -->\nafter\n`);
    expect(readdirSync(join(docs, 'benchmarks')).toSorted()).toEqual(['framework.json', 'framework.svg']);
  });

  it('is refused by a page that has no place for it', () => {
    mkdirSync(join(docs, 'benchmarks'));
    writeFileSync(join(docs, 'benchmarks.md'), 'a page\n');
    expect(() => writeDocument(docs, record(rows))).toThrow('no <!-- bench:framework -->');
  });
});

describe('docs/benchmarks.md', () => {
  const page = readFileSync(join(docsFolder, 'benchmarks.md'), 'utf8');
  const committed = (name: string, ending: string): string | undefined => {
    const path = join(docsFolder, 'benchmarks', `${name}.${ending}`);
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  };

  it.each(['framework', 'rollout'])('shows of %s what the committed measurement says, and nothing else', (name) => {
    const json = committed(name, 'json');
    const measured = json === undefined ? undefined : (JSON.parse(json) as BenchmarkRecord);
    expect(sectionIn(page, name)).toBe(measured === undefined ? '' : sectionOf(measured));
    expect(committed(name, 'svg')).toBe(measured === undefined ? undefined : ratioPlot(measured.tables));
  });
});
