/** `pnpm bench framework [--peers a,b] [--parts a,b] [--runs N] [--quick] [--json]`: the library and its peers do the same work. */
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

import { processEnv } from '@canaryop/reconcile/env';

import { markdownTable } from '../figures/markdown-table.ts';
import { frameworkOptions } from './framework-options.ts';
import { measureFrameworks } from './framework.ts';
import { summarize } from './summary.ts';

/** Runs the benchmark. @param args what follows `framework` */
export async function frameworkMain(args: readonly string[]): Promise<void> {
  const options = frameworkOptions(args);
  const write = (text: string): void => {
    process.stdout.write(`${text}\n`);
  };
  const say = (text: string): void => write(options.json ? JSON.stringify({ progress: text }) : `... ${text}`);
  const machine = {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    load: loadavg()[0] ?? 0,
  };
  say(`${machine.cores} x ${machine.cpu}, ${machine.memoryGiB} GiB, load ${machine.load.toFixed(1)} at the start`);
  const result = await measureFrameworks({ env: processEnv(), progress: say }, options);
  const tables = summarize(result);
  if (options.json) write(JSON.stringify({ machine, ...result, tables }));
  else for (const { rows, comparedWith } of tables) write(markdownTable(rows, comparedWith));
}
