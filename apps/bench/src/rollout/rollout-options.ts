import { runOptions, type Choices } from '../document/choices.ts';
import type { RunOptions } from '../document/run-benchmark.ts';
import type { RolloutSize } from './measure-rollouts.ts';
import { peers } from './peers.ts';

/** Everybody who takes part. */
export const rolloutPeers: readonly string[] = peers.map(({ name }) => name);

/** What is measured, how often, and how it is told. */
export interface RolloutOptions extends RunOptions {
  readonly peers: readonly string[];
  readonly size: RolloutSize;
  /** Whether peers that throttle their client are measured without that too. */
  readonly hasOtherModes: boolean;
}

const intervalMs = 10_000;

const full: RolloutSize = {
  plan: { steps: 5, weight: 10, intervalMs },
  hasOne: true,
  many: 200,
  veryMany: 1000,
  settleSeconds: 15,
  restSeconds: 120,
  failing: 5,
};

/** It shows that everything works; its figures are nobody's. */
const quick: RolloutSize = {
  plan: { steps: 2, weight: 10, intervalMs },
  hasOne: false,
  many: 10,
  veryMany: 0,
  settleSeconds: 3,
  restSeconds: 5,
  failing: 2,
};

/** All that was not said is as for the figures in docs/benchmarks.md. */
export function rolloutOptions(choices: Choices): RolloutOptions {
  const isQuick = choices.quick ?? false;
  return {
    ...runOptions(choices),
    peers: choices.peers ?? rolloutPeers,
    size: isQuick ? quick : full,
    hasOtherModes: !isQuick,
  };
}

/** How much is asked for, for whoever reads the figures. */
export function sizeText({ plan, hasOne, many, veryMany, restSeconds, failing }: RolloutSize): string {
  const batches = [...(hasOne ? [1] : []), many, ...(veryMany > 0 ? [veryMany] : [])];
  return [
    `${batches.map((count) => count.toLocaleString('en')).join(', ')} applications changed at the same moment`,
    `${plan.steps} steps of ${plan.intervalMs / 1000} s and ${plan.weight} %, one pod each side`,
    `${restSeconds} s at rest, ${failing} with a failing metric`,
  ].join('; ');
}
