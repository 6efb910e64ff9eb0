import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { BenchmarkRecord } from './benchmark-record.ts';
import { ratioPlot } from './ratio-plot.ts';
import { sectionOf, withSection } from './section.ts';

/** The folder of the documentation. */
export const docsFolder = join(import.meta.dirname, '../../../../docs');

/** Keeps a measurement: as JSON, as a plot, and in its section of benchmarks.md. */
export function writeDocument(docs: string, record: BenchmarkRecord): void {
  const folder = join(docs, 'benchmarks');
  mkdirSync(folder, { recursive: true });
  const page = join(docs, 'benchmarks.md');
  const text = withSection(readFileSync(page, 'utf8'), record.benchmark, sectionOf(record));
  writeFileSync(join(folder, `${record.benchmark}.json`), `${JSON.stringify(record, null, 1)}\n`);
  writeFileSync(join(folder, `${record.benchmark}.svg`), ratioPlot(record.tables));
  writeFileSync(page, text);
}
