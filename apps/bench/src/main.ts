import { processEnv } from '@canaryop/reconcile/env';

import type { Benchmark } from './benchmark.ts';
import { checkMain } from './check/main.ts';
import { runBenchCommand } from './command.ts';
import { frameworkMain } from './framework/main.ts';
import { thisMachine } from './measure/machine.ts';
import { jsonReport, textReport } from './report.ts';
import { rolloutMain } from './rollout/main.ts';
import { idle } from './rows/idle.ts';
import { library } from './rows/library.ts';
import { peers } from './rows/peers.ts';
import { rollouts, slowPrometheus } from './rows/rollouts.ts';
import { simkube } from './rows/simkube.ts';

const benchmarks: readonly Benchmark[] = [simkube, library, peers, idle, rollouts, slowPrometheus];
const code = await runBenchCommand(
  process.argv.slice(2),
  benchmarks.map(({ name }) => name),
  { framework: frameworkMain, rollout: rolloutMain, check: checkMain, rows },
);
// Whatever a measured program has left open must not keep the process.
process.exit(code);

async function rows(chosen: readonly string[], { json = false }: { readonly json?: boolean }): Promise<void> {
  const write = (text: string): void => {
    process.stdout.write(text);
  };
  const report = json ? jsonReport(write) : textReport(write);
  const env = processEnv();
  report.machine(thisMachine());
  for (const benchmark of benchmarks) {
    if (chosen.length > 0 && !chosen.includes(benchmark.name)) continue;
    report.begin(benchmark);
    const progress = (text: string): void => report.progress(benchmark, text);
    report.end(benchmark, await benchmark.run({ env, progress }));
  }
}
