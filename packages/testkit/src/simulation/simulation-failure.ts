import { describeFault, replayLine, type Plan } from './fault.ts';
import type { RunFailure } from './run-failure.ts';

/** A simulation found something. The message is all that one needs; the rest is for programs. */
export class SimulationFailure extends Error {
  override readonly name = 'SimulationFailure';
  readonly seed: number;
  /** What has to go wrong for it, as little as was found. */
  readonly plan: Plan;
  /** For `Simulation.replay`. */
  readonly replay: string;
  readonly failure: RunFailure;

  constructor(failure: RunFailure, run: { readonly seed: number; readonly plan: Plan; readonly found: string }) {
    const { seed, plan, found } = run;
    const replay = replayLine(seed, plan);
    super(messageOf(failure, plan, found, replay));
    this.seed = seed;
    this.plan = plan;
    this.replay = replay;
    this.failure = failure;
  }
}

function messageOf(
  { what, details, requests, problems }: RunFailure,
  plan: Plan,
  found: string,
  replay: string,
): string {
  return [
    what,
    ...indented(details),
    '',
    plan.length === 0 ? 'without any fault' : 'when',
    ...indented(plan.map(describeFault)),
    found,
    ...titled('the operator asked for, at last', requests),
    ...titled('it logged, at last', problems),
    '',
    `replay it: .replay('${replay}')`,
  ].join('\n');
}

function titled(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', title, ...indented(lines)];
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}
