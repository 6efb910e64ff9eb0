import { seededRandom } from '@canaryop/reconcile/testing';

import type { FaultKind, Plan } from './fault.ts';
import { drawPlan, type FaultFamily } from './fault-family.ts';
import type { RunFailure } from './run-failure.ts';
import { runStory, type RunOutcome } from './run-story.ts';
import { shrinkPlan } from './shrink.ts';
import { SimulationFailure } from './simulation-failure.ts';
import type { Story } from './story.ts';

/** What a simulation did, when it found nothing. */
export interface SimulationReport {
  /** Runs, the two without faults among them. */
  readonly runs: number;
  /** Requests of the run without faults, watches and leases aside. */
  readonly requests: number;
  /** How often each kind of fault happened. */
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
  readonly virtualMs: number;
  /** Of the run without faults, or of the one that was replayed: the same for the same code. */
  readonly traceHash: string;
}

const plainSeed = 1;

/** Tells a story without faults, then under every plan that is to be tried, and under one for each seed. */
export async function explore(
  story: Story,
  families: readonly FaultFamily[],
  seeds: number,
): Promise<SimulationReport> {
  const explorer = new Explorer(story);
  const plain = await explorer.plain();
  for (const { each } of families)
    for (const plan of each?.(plain.shape) ?? []) await explorer.try(plainSeed, plan, plain);
  for (let seed = 1; seed <= seeds; seed += 1)
    await explorer.try(seed, drawPlan(families, seededRandom(seed), plain.shape), plain);
  return explorer.report(plain);
}

/** Tells a story as it was told when it failed. */
export async function replay(story: Story, seed: number, plan: Plan): Promise<SimulationReport> {
  const explorer = new Explorer(story);
  const plain = await explorer.plain();
  const outcome = await explorer.run(seed, plan, plain);
  if (outcome.failure !== undefined) throw new SimulationFailure(outcome.failure, { seed, plan, found: 'replayed' });
  return explorer.report(outcome);
}

class Explorer {
  readonly #story: Story;
  readonly #faults: Partial<Record<FaultKind, number>> = {};
  #runs = 0;
  #virtualMs = 0;

  constructor(story: Story) {
    this.#story = story;
  }

  /** The run without faults, twice: what differs then comes from outside of the simulation. */
  async plain(): Promise<RunOutcome> {
    const found = 'in the run that the others are compared with';
    const first = await this.run(plainSeed, []);
    if (first.failure !== undefined) throw new SimulationFailure(first.failure, { seed: plainSeed, plan: [], found });
    const second = await this.run(plainSeed, []);
    if (first.traceHash !== second.traceHash)
      throw new SimulationFailure(notDeterministic, { seed: plainSeed, plan: [], found });
    return first;
  }

  async run(seed: number, plan: Plan, plain?: RunOutcome): Promise<RunOutcome> {
    const expected = plain === undefined ? {} : { expected: plain.fixedPoint };
    const outcome = await runStory({ story: this.#story, seed, plan, ...expected });
    this.#runs += 1;
    this.#virtualMs += outcome.virtualMs;
    for (const { kind } of outcome.struck) this.#faults[kind] = (this.#faults[kind] ?? 0) + 1;
    return outcome;
  }

  /** Throws with the smallest plan that fails, if this one does. */
  async try(seed: number, plan: Plan, plain: RunOutcome): Promise<void> {
    const outcome = await this.run(seed, plan, plain);
    if (outcome.failure === undefined) return;
    const runs = this.#runs;
    let smallest = outcome.failure;
    const shrunk = await shrinkPlan(plan, async (smaller) => {
      const { failure } = await this.run(seed, smaller, plain);
      smallest = failure ?? smallest;
      return failure !== undefined;
    });
    const found = `found in run ${runs}, with seed ${seed} and a plan of ${plan.length}; made smaller in ${shrunk.runs} runs`;
    throw new SimulationFailure(smallest, { seed, plan: shrunk.plan, found });
  }

  report({ shape, traceHash }: RunOutcome): SimulationReport {
    return {
      runs: this.#runs,
      requests: shape.requests.length,
      faults: this.#faults,
      virtualMs: this.#virtualMs,
      traceHash,
    };
  }
}

const notDeterministic: RunFailure = {
  what: 'two runs with the same seed differ, so that nothing could be replayed',
  details: [
    'Time and chance have to come from the reconcile context (context.clock) and from the Env, not from Date or Math.random.',
    'What a controller remembers has to be made anew for each process: simulate(() => controller(...)).',
  ],
  requests: [],
  problems: [],
};
