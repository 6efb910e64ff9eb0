/**
 * `pnpm bench framework [--peers a,b] [--parts a,b] [--runs N] [--quick] [--json] [--write]`: the library and its peers
 * do the same work.
 */
import { processEnv } from '@canaryop/reconcile/env';

import type { BenchmarkRecord } from '../document/benchmark-record.ts';
import { tellRecord } from '../document/tell-record.ts';
import { apiServerVersion } from '../measure/api-server-version.ts';
import { thisMachine } from '../measure/machine.ts';
import { frameworkOptions, sizeText } from './framework-options.ts';
import { measureFrameworks } from './framework.ts';
import { summarize, unfinished } from './summary.ts';

/** Runs the benchmark. @param args what follows `framework` */
export async function frameworkMain(args: readonly string[]): Promise<void> {
  const options = frameworkOptions(args);
  const write = (text: string): void => {
    process.stdout.write(`${text}\n`);
  };
  const say = (text: string): void => write(options.json ? JSON.stringify({ progress: text }) : `... ${text}`);
  const env = processEnv();
  const machine = thisMachine();
  say(`${machine.cores} x ${machine.cpu}, ${machine.memoryGiB} GiB, load ${machine.load.toFixed(1)} at the start`);
  const { runs, skipped } = await measureFrameworks({ env, progress: say }, options);
  const hasServer = runs.some(({ micro }) => micro === undefined);
  const record: BenchmarkRecord = {
    benchmark: 'framework',
    date: new Date(env.clock.now()).toISOString().slice(0, 10),
    machine,
    ...(hasServer ? { apiServer: await apiServerVersion() } : {}),
    runs: options.runs,
    size: sizeText(options),
    versions: Object.fromEntries(runs.map(({ peer, version }) => [peer.split(',')[0], version])),
    skipped,
    unfinished: unfinished(runs),
    tables: summarize({ runs, skipped }),
    results: runs,
  };
  tellRecord(record, options, write);
}
