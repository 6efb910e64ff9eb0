import { generate } from '../sequence/generate.ts';
import type { Sequence } from '../sequence/operation.ts';
import { judge, signature, type Contestants, type Judgement } from './judge.ts';

/** Which sequences. */
export interface Range {
  /** Of the first. */
  readonly seed: number;
  readonly sequences: number;
  /** How many are under way at a time. */
  readonly concurrency: number;
}

/** Differences of one kind. */
export interface Finding {
  readonly signature: string;
  count: number;
  /** The first that showed it. */
  readonly example: Judgement;
}

/** What came of a run. */
export interface RunResult {
  readonly findings: readonly Finding[];
  /** Explanations that were needed, by name. */
  readonly explanations: ReadonlyMap<string, number>;
  readonly failed: number;
  readonly simulatedMs: number;
  readonly realMs: number;
}

/** Plays the sequences of a range, several at a time. `done` is told of each. */
export async function runSequences(
  range: Range,
  contestants: Contestants,
  done: (sequence: Sequence, judgement: Judgement) => void,
): Promise<RunResult> {
  const findings = new Map<string, Finding>();
  const explanations = new Map<string, number>();
  const total = { failed: 0, simulatedMs: 0, realMs: 0 };
  let next = range.seed;
  const work = async (): Promise<void> => {
    while (next < range.seed + range.sequences) {
      const sequence = generate(next);
      next += 1;
      const judgement = await judge(sequence, contestants);
      total.simulatedMs += judgement.simulatedMs;
      total.realMs += judgement.realMs;
      for (const name of judgement.explanations) explanations.set(name, (explanations.get(name) ?? 0) + 1);
      total.failed += note(findings, judgement) ? 1 : 0;
      done(sequence, judgement);
    }
  };
  await Promise.all(Array.from({ length: range.concurrency }, work));
  return { findings: [...findings.values()].sort((left, right) => right.count - left.count), explanations, ...total };
}

/** Only the first of a sequence: what comes after may follow from it. */
function note(findings: Map<string, Finding>, judgement: Judgement): boolean {
  const [first] = judgement.unexplained;
  if (first === undefined) return false;
  const key = signature(first);
  const known = findings.get(key);
  if (known === undefined) findings.set(key, { signature: key, count: 1, example: judgement });
  else known.count += 1;
  return true;
}
