import type { Env } from '@canaryop/reconcile/env';

/** One measured number. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  /** For example `ms`, `MiB`, `/s`; `x` is a ratio, and nothing is a count. */
  readonly unit: string;
  /** What it should be below. Told, never enforced: these are measurements, not tests. */
  readonly goal?: number;
}

/** What a benchmark has while it runs. */
export interface Bench {
  readonly env: Env;
  /** Says what is going on, for whoever waits. */
  readonly progress: (text: string) => void;
}

/** Something that can be measured by its name. */
export interface Benchmark {
  readonly name: string;
  /** What is measured, over which transport, and with which lags. */
  readonly measures: string;
  run(bench: Bench): Promise<readonly Figure[]>;
}
