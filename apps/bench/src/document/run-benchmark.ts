import { formatTime, processEnv } from '@canaryop/reconcile/env';

import type { Bench } from '../benchmark.ts';
import { thisMachine } from '../measure/machine.ts';
import type { BenchmarkRecord } from './benchmark-record.ts';
import { tellRecord, type TellOptions } from './tell-record.ts';

/** What a benchmark knows of itself; the rest of its record is the same for each. */
export interface Measured extends Pick<BenchmarkRecord, 'apiServer' | 'size' | 'skipped' | 'unfinished' | 'tables'> {
  readonly results: readonly { readonly peer: string; readonly version: string }[];
}

/** Measures on this machine, and tells on the way how far it has come and then what came of it. */
export async function runBenchmark(
  benchmark: BenchmarkRecord['benchmark'],
  options: TellOptions & { readonly runs: number },
  measure: (bench: Bench) => Promise<Measured>,
): Promise<void> {
  const write = (text: string): void => {
    process.stdout.write(`${text}\n`);
  };
  const say = (text: string): void => write(options.json ? JSON.stringify({ progress: text }) : `... ${text}`);
  const env = processEnv();
  const machine = thisMachine();
  say(`${machine.cores} x ${machine.cpu}, ${machine.memoryGiB} GiB, load ${machine.load.toFixed(1)} at the start`);
  const measured = await measure({ env, progress: say });
  const record: BenchmarkRecord = {
    benchmark,
    date: formatTime(env.clock.now()).slice(0, 10),
    machine,
    runs: options.runs,
    versions: Object.fromEntries(measured.results.map(({ peer, version }) => [peer.split(',')[0], version])),
    ...measured,
  };
  tellRecord(record, options, write);
}
