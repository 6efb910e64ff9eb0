import type { RunOptions } from './run-benchmark.ts';

/** What can be said of any measurement on the command line. */
export interface Choices {
  /** Undefined for all. */
  readonly peers?: readonly string[];
  /** 3 by default, and once with `quick`. */
  readonly runs?: number;
  /** A small size, at which everything can be seen to work and whose figures are nobody's. */
  readonly quick?: boolean;
  readonly json?: boolean;
  readonly write?: boolean;
  /** Implies `write`. */
  readonly add?: boolean;
}

/** How often something is measured, and how it is told. */
export function runOptions({ runs, quick = false, json = false, write = false, add = false }: Choices): RunOptions {
  return { runs: runs ?? (quick ? 1 : 3), json, write: write || add, add };
}
