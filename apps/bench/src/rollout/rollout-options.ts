import { parseArgs } from 'node:util';

import type { RolloutSize } from './measure-rollouts.ts';
import { peers } from './peers.ts';

/** What is measured, how often, and how it is told. */
export interface RolloutOptions {
  readonly peers: readonly string[];
  readonly runs: number;
  readonly size: RolloutSize;
  /** Whether peers that throttle their client are measured without that too. */
  readonly hasOtherModes: boolean;
  readonly json: boolean;
  /** Whether docs/benchmarks.md is to say what comes out. */
  readonly write: boolean;
  /** Whether it is to say it together with the runs that it has. */
  readonly add: boolean;
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

/** Reads `--peers a,b --runs N --quick --json --write --add`. Throws, naming what there is, for what there is not. */
export function rolloutOptions(args: readonly string[]): RolloutOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      peers: { type: 'string' },
      runs: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      add: { type: 'boolean', default: false },
    },
  });
  const names = peers.map(({ name }) => name);
  const wanted = values.peers?.split(',') ?? names;
  const unknown = wanted.filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`no peer is called ${unknown.join(', ')}; there are ${names.join(', ')}`);
  const runs = Number(values.runs ?? (values.quick ? 1 : 3));
  if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs ${values.runs} must be a whole number above 0`);
  const { quick: isQuick, json, add } = values;
  const write = values.write || add;
  return { peers: wanted, runs, size: isQuick ? quick : full, hasOtherModes: !isQuick, json, write, add };
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
