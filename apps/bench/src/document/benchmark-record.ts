import type { FigureTable } from '../figures/figure-table.ts';
import type { Machine } from '../measure/machine.ts';

/** One measurement as it is committed: what docs/benchmarks.md shows is made of this and nothing else. */
export interface BenchmarkRecord {
  readonly benchmark: 'framework' | 'rollout';
  /** As `YYYY-MM-DD`. */
  readonly date: string;
  readonly machine: Machine;
  /** Of the kube-apiserver, where one took part. */
  readonly apiServer?: string;
  readonly runs: number;
  /** How much was asked for, in a phrase. */
  readonly size: string;
  /** Of each peer that took part. */
  readonly versions: Readonly<Record<string, string>>;
  /** Why a peer took no part. */
  readonly skipped: Readonly<Record<string, string>>;
  /** Who did not finish what, and why, in a line each. */
  readonly unfinished?: readonly string[];
  readonly tables: readonly FigureTable[];
  /** What each run came to, as it was measured. */
  readonly results: readonly object[];
}
