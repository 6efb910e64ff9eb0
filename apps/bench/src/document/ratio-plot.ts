import type { Comparison, FigureRow } from '../figures/figure-row.ts';
import type { FigureTable } from '../figures/figure-table.ts';

const columns = 3;
const panelWidth = 340;
const gap = 16;
const labelWidth = 168;
const valueWidth = 44;
const rowHeight = 16;
const headerHeight = 22;
/** A ratio beyond this, or below its inverse, is drawn to the edge; its number is told. */
const limit = 8;
const barWidth = panelWidth - labelWidth - valueWidth;
const center = labelWidth + barWidth / 2;

const style = [
  'text { font: 11px system-ui, sans-serif; fill: #1f2328 }',
  '.title { font-size: 14px; font-weight: 600 }',
  '.figure { font-weight: 600 }',
  '.theirs { fill: #9aa4af }',
  '.ours { fill: #2f6feb }',
  '.more { fill: #c2571a }',
  '.one { stroke: #59636e; stroke-width: 1 }',
  '@media (prefers-color-scheme: dark) {',
  'text { fill: #e6edf3 } .theirs { fill: #6e7781 } .ours { fill: #58a6ff } .more { fill: #f0883e }',
  '.one { stroke: #9198a1 } }',
].join(' ');

/**
 * Small multiples: a panel for each figure, a bar for each peer, from the line of those that are compared with (1) to
 * the left where it is less, which is better, on a logarithmic scale. Figures without a ratio have no panel.
 */
export function ratioPlot(tables: readonly FigureTable[]): string {
  let top = 0;
  const parts: string[] = [];
  for (const table of tables) {
    const panels = table.rows.flatMap((row) => panelOf(row, table) ?? []);
    if (panels.length === 0) continue;
    const title = `${table.title}: ratio to ${table.comparedWith}, less is better`;
    parts.push(text(0, top + 14, title, 'title'));
    top += headerHeight + gap / 2;
    for (let first = 0; first < panels.length; first += columns) {
      const line = panels.slice(first, first + columns);
      for (const [column, { body }] of line.entries())
        parts.push(`<g transform="translate(${column * (panelWidth + gap)} ${top})">${body}</g>`);
      top += Math.max(...line.map(({ height }) => height)) + gap;
    }
  }
  const width = columns * (panelWidth + gap) - gap;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-8 -4 ${width + 16} ${top + 4}" width="${width + 16}" height="${top + 4}">`,
    `<style>${style}</style>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

interface Panel {
  readonly body: string;
  readonly height: number;
}

function panelOf({ figure, values }: FigureRow, { ours, theirs }: Comparison): Panel | undefined {
  const one = Math.min(...theirs.flatMap((name) => values[name]?.median ?? []));
  if (one === 0 || one === Infinity) return undefined;
  const bars = Object.entries(values).map(([name, { median }], index) => {
    const ratio = median / one;
    return barOf({ name, ratio, tone: toneOf(name === ours, ratio) }, headerHeight + index * rowHeight);
  });
  const height = headerHeight + bars.length * rowHeight;
  const line = `<line class="one" x1="${center}" x2="${center}" y1="${headerHeight - 4}" y2="${height}"/>`;
  return { body: [text(0, 12, figure, 'figure'), ...bars, line].join(''), height };
}

interface Bar {
  readonly name: string;
  readonly ratio: number;
  readonly tone: string;
}

function toneOf(isOurs: boolean, ratio: number): string {
  if (!isOurs) return 'theirs';
  return ratio > 1 ? 'more' : 'ours';
}

function barOf({ name, ratio, tone }: Bar, top: number): string {
  const clipped = Math.min(Math.max(ratio, 1 / limit), limit);
  const length = (Math.abs(Math.log(clipped)) / Math.log(limit)) * (barWidth / 2);
  const start = ratio < 1 ? center - length : center;
  const label = ratio >= 100 ? String(Math.round(ratio)) : String(Number(ratio.toPrecision(2)));
  return [
    text(0, top + 10, name),
    `<rect class="${tone}" x="${round(start)}" y="${top}" width="${round(length)}" height="${rowHeight - 5}"/>`,
    text(labelWidth + barWidth + 6, top + 10, label),
  ].join('');
}

function text(x: number, y: number, value: string, tone?: string): string {
  const escaped = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x}" y="${y}"${tone === undefined ? '' : ` class="${tone}"`}>${escaped}</text>`;
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}
