import { parseArgs } from 'node:util';

import type { WorkSize } from './measure-work.ts';
import { fullSizes, quickSizes, type MicroSizes } from './micro/micro-figures.ts';
import { microPeers } from './micro/micro-peers.ts';
import { peers } from './peers.ts';

/** What there is to do: the operator's work, filling a cache, and the smallest pieces of both in the process alone. */
export type Part = 'work' | 'cache' | 'micro';

const parts: readonly Part[] = ['work', 'cache', 'micro'];

/** What is measured, how often, and how it is told. */
export interface FrameworkOptions {
  readonly peers: readonly string[];
  readonly parts: readonly Part[];
  readonly runs: number;
  readonly size: WorkSize;
  readonly cachedObjects: number;
  readonly microSizes: MicroSizes;
  /** Whether a peer is also measured in other modes than its usual one. */
  readonly hasOtherModes: boolean;
  readonly json: boolean;
  /** Whether docs/benchmarks.md is to say what comes out. */
  readonly write: boolean;
  /** Whether it is to say it together with the runs that it has. */
  readonly add: boolean;
}

const full: WorkSize = { objects: 2000, workers: 8, singles: 200, restSeconds: 60 };
const quick: WorkSize = { objects: 200, workers: 8, singles: 40, restSeconds: 5 };

/** Reads `--peers a,b --parts work,cache,micro --runs N --quick --json --write --add`. Throws, naming what there is, for what there is not. */
export function frameworkOptions(args: readonly string[]): FrameworkOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      peers: { type: 'string' },
      parts: { type: 'string' },
      runs: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      add: { type: 'boolean', default: false },
    },
  });
  const names = [...new Set([...peers, ...microPeers].map(({ name }) => name))];
  const runs = Number(values.runs ?? (values.quick ? 1 : 3));
  if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs ${values.runs} must be a whole number above 0`);
  const { quick: isQuick, json, add } = values;
  const write = values.write || add;
  return {
    peers: chosen('peer', values.peers, names),
    parts: chosen('part', values.parts, parts),
    runs,
    size: isQuick ? quick : full,
    cachedObjects: isQuick ? 2000 : 20_000,
    microSizes: isQuick ? quickSizes : fullSizes,
    hasOtherModes: true,
    json,
    write,
    add,
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

function chosen<T extends string>(what: string, wanted: string | undefined, all: readonly T[]): readonly T[] {
  const names = wanted?.split(',') ?? all;
  const unknown = names.filter((name) => !all.some((each) => each === name));
  if (unknown.length > 0) throw new Error(`no ${what} is called ${unknown.join(', ')}; there are ${all.join(', ')}`);
  return all.filter((each) => names.includes(each));
}
