import type { Command } from '../../measure/subject-process.ts';

/** An operator that does the benchmark's work on some library; it is started with `MODE WORKERS`. */
export interface Peer {
  readonly name: string;
  /** Of the library that it is made with. */
  readonly version: string;
  /** Variants of the reconciling mode, the usual one first. */
  readonly modes: readonly string[];
  /** Whether it can also fill a cache and do nothing. */
  readonly hasCacheMode: boolean;
  /** Builds it, once. Rejects with why it cannot be had on this machine. */
  prepare(progress: (line: string) => void): Promise<Command>;
}
