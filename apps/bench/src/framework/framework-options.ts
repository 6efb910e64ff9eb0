import { parseArgs } from 'node:util';

import { peers } from './peers.ts';
import type { WorkSize } from './measure-work.ts';

/** What is measured, how often, and how it is told. */
export interface FrameworkOptions {
  readonly peers: readonly string[];
  readonly runs: number;
  readonly size: WorkSize;
  readonly cachedObjects: number;
  readonly json: boolean;
}

const full: WorkSize = { objects: 2000, workers: 8, singles: 200, restSeconds: 60 };
const quick: WorkSize = { objects: 200, workers: 8, singles: 40, restSeconds: 5 };

/** Reads `--peers a,b --runs N --quick --json`. Throws, naming what there is, for what there is not. */
export function frameworkOptions(args: readonly string[]): FrameworkOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      peers: { type: 'string' },
      runs: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const names = peers.map(({ name }) => name);
  const wanted = values.peers?.split(',') ?? names;
  const unknown = wanted.filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`no peer is called ${unknown.join(', ')}; there are ${names.join(', ')}`);
  const runs = Number(values.runs ?? (values.quick ? 1 : 3));
  if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs ${values.runs} must be a whole number above 0`);
  const { quick: isQuick, json } = values;
  return { peers: wanted, runs, size: isQuick ? quick : full, cachedObjects: isQuick ? 2000 : 20_000, json };
}
