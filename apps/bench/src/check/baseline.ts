import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { docsFolder } from '../document/write-document.ts';
import type { Machine } from '../measure/machine.ts';
import type { CheckedFigure } from './checked-figures.ts';

/** What figures are held against. */
export interface Baseline {
  readonly date: string;
  readonly machine: Machine;
  readonly figures: readonly CheckedFigure[];
}

const path = join(docsFolder, 'benchmarks/check.json');

/** The committed figures; none where there is no baseline. */
export function readBaseline(): readonly CheckedFigure[] {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Baseline).figures : [];
}

/** Throws for a figure without end, which is nothing to hold others against. */
export function writeBaseline(baseline: Baseline): void {
  const endless = baseline.figures.filter(({ value }) => !Number.isFinite(value));
  if (endless.length > 0) throw new Error(`ours did not finish: ${endless.map(({ figure }) => figure).join(', ')}`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(baseline, null, 1)}\n`);
}
