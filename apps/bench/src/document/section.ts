import { markdownTable } from '../figures/markdown-table.ts';
import type { FigureRow } from '../figures/figure-row.ts';
import type { BenchmarkRecord } from './benchmark-record.ts';

/** What docs/benchmarks.md says of a measurement. */
export function sectionOf(record: BenchmarkRecord): string {
  const { benchmark, date, machine, apiServer, runs, size, versions, tables } = record;
  const facts = [
    `${size}; ${runs === 1 ? 'one run' : `${runs} runs: median (minimum to maximum)`}`,
    `${machine.cores} x ${machine.cpu}, ${machine.memoryGiB} GiB, load ${machine.load.toFixed(1)} at the start`,
    `Node ${machine.node}${apiServer === undefined ? '' : `, kube-apiserver ${apiServer}`}`,
    Object.entries(versions)
      .map(([peer, version]) => `${peer} ${version}`)
      .join(', '),
    ...absences(record),
  ];
  const parts = tables.flatMap(({ title, comparedWith, rows }) => [
    `### ${title}\n\n${markdownTable(rows, comparedWith)}`,
    ...goalsOf(rows),
  ]);
  return [
    `Measured on ${date} by \`pnpm bench ${benchmark} --write\`.\n`,
    facts.map((fact) => `- ${fact}\n`).join(''),
    ...parts,
    `![Each figure of each peer, as a ratio](benchmarks/${benchmark}.svg)\n`,
  ].join('\n');
}

/** What is missing from the tables, and why. */
export function absences({ skipped, unfinished = [] }: BenchmarkRecord): readonly string[] {
  return [
    ...unfinished.map((what) => `did not finish: ${what}`),
    ...Object.entries(skipped).map(([peer, reason]) => `left out: ${peer}, because ${firstLine(reason)}`),
  ];
}

function goalsOf(rows: readonly FigureRow[]): readonly string[] {
  const named = (isReached: boolean): string =>
    rows
      .filter((row) => row.isReached === isReached)
      .map(({ figure }) => figure)
      .join('; ');
  const [reached, missed] = [named(true), named(false)];
  return [
    ...(reached === '' ? [] : [`Reached: ${reached}.\n`]),
    ...(missed === '' ? [] : [`**Missed**: ${missed}.\n`]),
  ];
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}

/** The page with a benchmark's section in place of what it has. Throws where the page has no place for it. */
export function withSection(page: string, benchmark: string, section: string): string {
  const { start, end } = placeOf(page, benchmark);
  return `${page.slice(0, start)}\n${section}${page.slice(end)}`;
}

/** What a page has between a benchmark's markers. */
export function sectionIn(page: string, benchmark: string): string {
  const { start, end } = placeOf(page, benchmark);
  return page.slice(start + 1, end);
}

function placeOf(page: string, benchmark: string): { readonly start: number; readonly end: number } {
  const [opening, closing] = [`<!-- bench:${benchmark} -->`, `<!-- /bench:${benchmark} -->`];
  const start = page.indexOf(opening) + opening.length;
  const end = page.indexOf(closing);
  if (start < opening.length || end < start) throw new Error(`docs/benchmarks.md has no ${opening} ... ${closing}`);
  return { start, end };
}
