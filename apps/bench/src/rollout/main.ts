/**
 * `pnpm bench rollout [--peers a,b] [--runs N] [--quick] [--json] [--write]`: the operator and its peers release the same
 * applications.
 */
import { processEnv } from '@canaryop/reconcile/env';

import type { BenchmarkRecord } from '../document/benchmark-record.ts';
import { tellRecord } from '../document/tell-record.ts';
import { apiServerVersion } from '../measure/api-server-version.ts';
import { thisMachine } from '../measure/machine.ts';
import { rolloutOptions, sizeText } from './rollout-options.ts';
import { measureRollouts } from './rollout.ts';
import { summarize } from './summary.ts';

/** Runs the benchmark. @param args what follows `rollout` */
export async function rolloutMain(args: readonly string[]): Promise<void> {
  const options = rolloutOptions(args);
  const write = (text: string): void => {
    process.stdout.write(`${text}\n`);
  };
  const say = (text: string): void => write(options.json ? JSON.stringify({ progress: text }) : `... ${text}`);
  const env = processEnv();
  const machine = thisMachine();
  say(`${machine.cores} x ${machine.cpu}, ${machine.memoryGiB} GiB, load ${machine.load.toFixed(1)} at the start`);
  const { runs, skipped } = await measureRollouts({ env, progress: say }, options);
  const record: BenchmarkRecord = {
    benchmark: 'rollout',
    date: new Date(env.clock.now()).toISOString().slice(0, 10),
    machine,
    apiServer: await apiServerVersion(),
    runs: options.runs,
    size: sizeText(options.size),
    versions: Object.fromEntries(runs.map(({ peer, version }) => [peer.split(',')[0], version])),
    skipped,
    unfinished: runs.flatMap(({ peer, failure }) => (failure === undefined ? [] : [`${peer}, ${failure}`])),
    tables: summarize({ runs, skipped }, options.size),
    results: runs,
  };
  tellRecord(record, options, write);
}
