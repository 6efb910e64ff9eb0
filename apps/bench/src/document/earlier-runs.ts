import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { jsonEqual } from '@canaryop/reconcile/object';

import type { BenchmarkRecord } from './benchmark-record.ts';

/** What a measurement is, before anybody has summed it up. */
export type RawRecord = Omit<BenchmarkRecord, 'tables' | 'unfinished'>;

/** The committed measurement of a benchmark. Undefined where there is none. */
export function committedRecord(docs: string, benchmark: BenchmarkRecord['benchmark']): BenchmarkRecord | undefined {
  const path = join(docs, 'benchmarks', `${benchmark}.json`);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as BenchmarkRecord) : undefined;
}

/**
 * New runs after earlier ones, as if they had all been made at once. Throws, naming what differs, where they are not
 * runs of the same: another size, machine, peer or version.
 */
export function withEarlierRuns(earlier: BenchmarkRecord | undefined, fresh: RawRecord): RawRecord {
  if (earlier === undefined) return fresh;
  const [before, now] = [comparable(earlier), comparable(fresh)];
  const different = Object.keys(now).filter((name) => !jsonEqual(before[name], now[name]));
  if (different.length > 0) {
    throw new Error(
      `the ${earlier.benchmark} runs on record are not of the same ${different.join(', ')}; measure with --write, without --add`,
    );
  }
  return {
    ...fresh,
    // The busier one: who reads it wants to know the worst.
    machine: earlier.machine.load > fresh.machine.load ? earlier.machine : fresh.machine,
    runs: earlier.runs + fresh.runs,
    results: [...earlier.results, ...fresh.results],
  };
}

function comparable({ size, apiServer, versions, skipped, machine }: RawRecord): Readonly<Record<string, unknown>> {
  const { load: _, ...hardware } = machine;
  return { size, machine: hardware, 'API server': apiServer, versions, 'left out': Object.keys(skipped) };
}
