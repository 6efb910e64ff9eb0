import { formatTime, processEnv } from '@canaryop/reconcile/env';

import type { Bench } from '../benchmark.ts';
import { thisMachine } from '../measure/machine.ts';
import type { BenchmarkRecord } from './benchmark-record.ts';
import { committedRecord, refuseOthers, withEarlierRuns, type RawRecord } from './earlier-runs.ts';
import { tellRecord, type TellOptions } from './tell-record.ts';
import { docsFolder } from './write-document.ts';

/** Runs of one peer or another, and who could not take part. */
export interface Measured<Run> extends Pick<BenchmarkRecord, 'apiServer' | 'skipped'> {
  readonly results: readonly Run[];
}

/** What a benchmark knows of itself; the rest of its record is the same for each. */
export interface MeasuredBenchmark<Run> {
  readonly benchmark: BenchmarkRecord['benchmark'];
  /** How much is asked for, in a phrase. */
  readonly size: string;
  readonly measure: (bench: Bench) => Promise<Measured<Run>>;
  readonly summarize: (
    all: Pick<Measured<Run>, 'results' | 'skipped'>,
  ) => Pick<BenchmarkRecord, 'tables' | 'unfinished'>;
}

/** Whether, and how, what is measured is told and kept. */
export interface RunOptions extends TellOptions {
  readonly runs: number;
  /** Whether the runs on record are counted too. */
  readonly add: boolean;
}

/** Measures on this machine, and tells on the way how far it has come and then what came of it. */
export async function runBenchmark<Run extends { readonly peer: string; readonly version: string }>(
  options: RunOptions,
  { benchmark, size, measure, summarize }: MeasuredBenchmark<Run>,
): Promise<void> {
  const write = (text: string): void => {
    process.stdout.write(`${text}\n`);
  };
  const say = (text: string): void => write(options.json ? JSON.stringify({ progress: text }) : `... ${text}`);
  const env = processEnv();
  const machine = thisMachine();
  say(`${machine.cores} x ${machine.cpu}, ${machine.memoryGiB} GiB, load ${machine.load.toFixed(1)} at the start`);
  const earlier = options.add ? committedRecord(docsFolder, benchmark) : undefined;
  // Before an hour is spent.
  if (earlier !== undefined) refuseOthers(earlier, { size, machine });
  const measured = await measure({ env, progress: say });
  const fresh: RawRecord = {
    benchmark,
    date: formatTime(env.clock.now()).slice(0, 10),
    machine,
    runs: options.runs,
    size,
    versions: Object.fromEntries(measured.results.map(({ peer, version }) => [peer.split(',')[0], version])),
    ...measured,
  };
  const raw = withEarlierRuns(earlier, fresh);
  // Runs of the same benchmark, on record as they were measured.
  const results = raw.results as readonly Run[];
  tellRecord({ ...raw, ...summarize({ results, skipped: raw.skipped }) }, options, write);
}
