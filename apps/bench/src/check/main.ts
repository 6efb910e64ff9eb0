import { processEnv } from '@canaryop/reconcile/env';

import { thisMachine } from '../measure/machine.ts';
import { readBaseline, writeBaseline } from './baseline.ts';
import { checkedParts, checkParts, type CheckedPart, type CheckPart } from './check-part.ts';
import type { CheckedFigure } from './checked-figures.ts';
import { compareFigures, comparisonText, isPassed } from './compare.ts';

/** A disturbance passes, and code that is slower stays so: what looks worse gets this many further chances. */
const patience = 2;

/** What can be said of the check on the command line. */
export interface CheckChoices {
  /** How often each part is measured at a time; 3 by default. */
  readonly runs?: number;
  /** Undefined for all. */
  readonly parts?: readonly CheckedPart[];
  /** Whether the baseline is to be made anew instead. */
  readonly write?: boolean;
}

/**
 * `pnpm bench --check`: whether a figure has become worse by a fifth since the baseline of docs/benchmarks/check.json.
 * @returns the exit code
 */
export async function checkMain({
  runs = 3,
  parts: names = checkedParts,
  write = false,
}: CheckChoices): Promise<number> {
  const env = processEnv();
  const parts = checkParts({ env, progress: (text) => say(`... ${text}`) }, names, runs);
  const isChosen = ({ part }: CheckedFigure): boolean => parts.some(({ name }) => name === part);
  const committed = readBaseline();
  const baseline = write ? undefined : committed.filter(isChosen);
  const machine = thisMachine();
  for (const part of parts) await measure(part, baseline);
  const figures = parts.flatMap((part) => part.figures);
  if (baseline !== undefined) return tell(baseline, figures);
  const date = new Date(env.clock.now()).toISOString().slice(0, 10);
  writeBaseline({ date, machine, figures: [...committed.filter((figure) => !isChosen(figure)), ...figures] });
  say(`docs/benchmarks/check.json has ${figures.length} new figures`);
  return 0;
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
