import { runOptions, type Choices } from '../document/choices.ts';
import type { RunOptions } from '../document/run-benchmark.ts';
import type { WorkSize } from './measure-work.ts';
import { fullSizes, quickSizes, type MicroSizes } from './micro/micro-figures.ts';
import { microPeers } from './micro/micro-peers.ts';
import { peers } from './peers.ts';

/** What there is to do: the operator's work, filling a cache, and the smallest pieces of both in the process alone. */
export type Part = 'work' | 'cache' | 'micro';

/** All of it. */
export const frameworkParts: readonly Part[] = ['work', 'cache', 'micro'];

/** Everybody who takes part in any of it. */
export const frameworkPeers: readonly string[] = [...new Set([...peers, ...microPeers].map(({ name }) => name))];

/** What can be said of it on the command line. */
export interface FrameworkChoices extends Choices {
  /** Undefined for all. */
  readonly parts?: readonly Part[];
}

/** What is measured, how often, and how it is told. */
export interface FrameworkOptions extends RunOptions {
  readonly peers: readonly string[];
  readonly parts: readonly Part[];
  readonly size: WorkSize;
  readonly cachedObjects: number;
  readonly microSizes: MicroSizes;
  /** Whether a peer is also measured in other modes than its usual one. */
  readonly hasOtherModes: boolean;
}

const full: WorkSize = { objects: 2000, workers: 8, singles: 200, restSeconds: 60 };
const quick: WorkSize = { objects: 200, workers: 8, singles: 40, restSeconds: 5 };

/** All that was not said is as for the figures in docs/benchmarks.md. */
export function frameworkOptions(choices: FrameworkChoices): FrameworkOptions {
  const isQuick = choices.quick ?? false;
  return {
    ...runOptions(choices),
    peers: choices.peers ?? frameworkPeers,
    parts: choices.parts ?? frameworkParts,
    size: isQuick ? quick : full,
    cachedObjects: isQuick ? 2000 : 20_000,
    microSizes: isQuick ? quickSizes : fullSizes,
    hasOtherModes: true,
  };
}

/** How much is asked for, for whoever reads the figures. */
export function sizeText({ size, cachedObjects, microSizes }: FrameworkOptions): string {
  const { objects, workers, singles, restSeconds } = size;
  const count = (value: number): string => value.toLocaleString('en');
  return [
    `${count(objects)} objects, ${workers} workers, ${singles} single changes, ${restSeconds} s at rest`,
    `${count(cachedObjects)} objects in a cache`,
    `alone in the process ${count(microSizes.objects)} objects, ${count(microSizes.changes)} events of each kind, ` +
      `${count(microSizes.operations)} queue operations of each kind`,
  ].join('; ');
}
