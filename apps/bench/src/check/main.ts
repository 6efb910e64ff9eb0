/**
 * `pnpm bench --check [--runs N] [--parts a,b] [--write]`: whether a figure has become worse by a fifth since the
 * baseline of docs/benchmarks/check.json, which `--write` makes.
 */
import { parseArgs } from 'node:util';

import { processEnv } from '@canaryop/reconcile/env';

import { thisMachine } from '../measure/machine.ts';
import { readBaseline, writeBaseline } from './baseline.ts';
import { checkParts, type CheckPart } from './check-part.ts';
import type { CheckedFigure } from './checked-figures.ts';
import { compareFigures, comparisonText, isPassed } from './compare.ts';

/** A disturbance passes, and code that is slower stays so: what looks worse gets this many further chances. */
const patience = 2;

/** Runs the check. @param args what follows `--check` @returns the exit code */
export async function checkMain(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      runs: { type: 'string', default: '3' },
      parts: { type: 'string' },
      write: { type: 'boolean', default: false },
    },
  });
  const env = processEnv();
  const all = checkParts({ env, progress: (text) => say(`... ${text}`) }, values.runs);
  const parts = chosen(all, values.parts);
  const isChosen = ({ part }: CheckedFigure): boolean => parts.some(({ name }) => name === part);
  const committed = readBaseline();
  const baseline = values.write ? undefined : committed.filter(isChosen);
  const machine = thisMachine();
  for (const part of parts) await measure(part, baseline);
  const figures = parts.flatMap((part) => part.figures);
  if (baseline !== undefined) return tell(baseline, figures);
  const date = new Date(env.clock.now()).toISOString().slice(0, 10);
  writeBaseline({ date, machine, figures: [...committed.filter((figure) => !isChosen(figure)), ...figures] });
  say(`docs/benchmarks/check.json has ${figures.length} new figures`);
  return 0;
}

function chosen(all: readonly CheckPart[], names: string | undefined): readonly CheckPart[] {
  if (names === undefined) return all;
  return names.split(',').map((name) => {
    const found = all.find((part) => part.name === name);
    if (found === undefined) throw new Error(`--parts ${names}: there are ${all.map((part) => part.name).join(', ')}`);
    return found;
  });
}

/**
 * Measures a part, and again while it looks worse than it was; of a new baseline always, so that a later check, which
 * has these further chances, is held to no less. Rejects when ours fails, which no figure would say.
 */
async function measure(part: CheckPart, baseline: readonly CheckedFigure[] | undefined): Promise<void> {
  const reason = await part.unavailable();
  if (reason !== undefined) {
    say(`... ${part.name} cannot be measured here: ${reason}`);
    return;
  }
  const isSure = (): boolean =>
    baseline !== undefined && compareFigures(baseline, part.figures).every(({ outcome }) => outcome !== 'worse');
  await part.more();
  for (let again = 0; again < patience && !isSure(); again += 1) {
    say(`... ${part.name} is measured again`);
    await part.more();
  }
}

function tell(baseline: readonly CheckedFigure[], figures: readonly CheckedFigure[]): number {
  const comparisons = compareFigures(baseline, figures);
  for (const comparison of comparisons) say(comparisonText(comparison));
  const passed = isPassed(comparisons);
  say(passed ? 'nothing is worse by a fifth: the least times of all runs, and median counts' : 'FAILED');
  return passed ? 0 : 1;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
