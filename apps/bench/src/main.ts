import { parseArgs } from 'node:util';

import { processEnv } from '@canaryop/reconcile/env';

import type { Benchmark } from './benchmark.ts';
import { checkMain } from './check/main.ts';
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

const [first, ...rest] = process.argv.slice(2);
if (first === '--check') process.exit(await checkMain(rest));
if (first === 'framework') {
  await frameworkMain(rest);
  process.exit(0);
}
if (first === 'rollout') {
  await rolloutMain(rest);
  process.exit(0);
}

const names = benchmarks.map(({ name }) => name);
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false } },
});
const unknown = positionals.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  process.stderr.write(
    `no benchmark is called ${unknown.join(', ')}; there are framework, rollout, ${names.join(', ')}\n`,
  );
  process.exit(2);
}

const write = (text: string): void => {
  process.stdout.write(text);
};
const report = values.json ? jsonReport(write) : textReport(write);
const env = processEnv();
report.machine(thisMachine());
for (const benchmark of benchmarks) {
  if (positionals.length > 0 && !positionals.includes(benchmark.name)) continue;
  report.begin(benchmark);
  report.end(
    benchmark,
    await benchmark.run({
      env,
      progress: (text) => {
        report.progress(benchmark, text);
      },
    }),
  );
}
process.exit(0);
