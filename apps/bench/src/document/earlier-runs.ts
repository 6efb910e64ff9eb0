import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { jsonEqual } from '@canaryop/reconcile/object';

import type { Machine } from '../measure/machine.ts';
import type { BenchmarkRecord } from './benchmark-record.ts';

/** What a measurement is, before anybody has summed it up. */
export type RawRecord = Omit<BenchmarkRecord, 'tables' | 'unfinished'>;

/** The committed measurement of a benchmark. Undefined where there is none. */
export function committedRecord(docs: string, benchmark: BenchmarkRecord['benchmark']): BenchmarkRecord | undefined {
  const path = join(docs, 'benchmarks', `${benchmark}.json`);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as BenchmarkRecord) : undefined;
}

/** Throws, naming what differs, where a record has runs of another size or machine. This is known before measuring. */
export function refuseOthers(earlier: BenchmarkRecord, now: Pick<RawRecord, 'size' | 'machine'>): void {
  refuseDifference(earlier, comparable(earlier), { size: now.size, machine: hardwareOf(now.machine) });
}

/**
 * New runs after earlier ones, as if they had all been made at once. Throws, naming what differs, where they are not
 * runs of the same: another size, machine, peer or version.
 */
export function withEarlierRuns(earlier: BenchmarkRecord | undefined, fresh: RawRecord): RawRecord {
  if (earlier === undefined) return fresh;
  refuseDifference(earlier, comparable(earlier), comparable(fresh));
  return {
    ...fresh,
    // The busier one: who reads it wants to know the worst.
    machine: earlier.machine.load > fresh.machine.load ? earlier.machine : fresh.machine,
    runs: earlier.runs + fresh.runs,
    results: [...earlier.results, ...fresh.results],
  };
}

type Facts = Readonly<Record<string, unknown>>;

function refuseDifference({ benchmark }: BenchmarkRecord, before: Facts, now: Facts): void {
  const different = Object.keys(now).filter((name) => !jsonEqual(before[name], now[name]));
  if (different.length === 0) return;
  throw new Error(
    `the ${benchmark} runs on record are not of the same ${different.join(', ')}; measure with --write, without --add`,
  );
}

function comparable({ size, apiServer, versions, skipped, machine }: RawRecord): Facts {
  return { size, machine: hardwareOf(machine), 'API server': apiServer, versions, 'left out': Object.keys(skipped) };
}

function hardwareOf(machine: Machine): object {
  const { load: _, ...hardware } = machine;
  return hardware;
}
