import { processEnv } from '@canaryop/reconcile/env';

import { existingServer, startRealServer, type RealServer } from './play/real-server.ts';
import { simkubeServer } from './play/simkube-server.ts';
import { readCase, writeCase } from './run/case-file.ts';
import { Counts } from './run/counts.ts';
import { judge, signature, type Contestants } from './run/judge.ts';
import { jsonReport, textReport } from './run/report.ts';
import { runSequences, type Finding, type RunResult } from './run/run-sequences.ts';
import { readOptions, usage, type Options } from './options.ts';
import { shrink } from './shrink/shrink.ts';

const progressMs = 5000;

const options = optionsOrExit();
const write = (text: string): void => {
  process.stdout.write(text);
};
const report = options.json ? jsonReport(write) : textReport(write);

const real = await server();
let words = 0;
const run = processEnv().clock.now().toString(36);
const contestants: Contestants = {
  simulated: simkubeServer,
  real,
  newWord: () => {
    words += 1;
    // Its end is marked: no word is the beginning of another.
    return `q${run}x${words}y`;
  },
};
let isAgreed = false;
try {
  isAgreed = options.replay.length > 0 ? await replayed(options.replay) : await compared();
} finally {
  await real.stop();
}
process.exit(isAgreed ? 0 : 1);

function optionsOrExit(): Options {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exit(2);
  }
}

function server(): Promise<RealServer> {
  const { kubeconfig } = options;
  const progress = report.progress;
  return kubeconfig === undefined ? startRealServer(progress) : existingServer(kubeconfig, progress);
}

async function compared(): Promise<boolean> {
  const counts = new Counts();
  const startMs = performance.now();
  let done = 0;
  let toldMs = startMs;
  const result = await runSequences(options, contestants, (sequence) => {
    counts.add(sequence);
    done += 1;
    if (performance.now() - toldMs < progressMs) return;
    toldMs = performance.now();
    report.progress(`${done} of ${options.sequences} sequences after ${((toldMs - startMs) / 1000).toFixed(0)} s`);
  });
  const seconds = (performance.now() - startMs) / 1000;
  await showDifferences(result);
  report.end(options, result, { counts, version: real.version, seconds });
  return result.findings.length === 0;
}

async function showDifferences({ findings }: RunResult): Promise<void> {
  if (findings.length > 0)
    report.progress(
      `shrinking ${Math.min(findings.length, options.shrink)} of ${findings.length} kinds of differences`,
    );
  const waiting = [...findings.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await showDifference(...next);
  };
  await Promise.all(Array.from({ length: options.concurrency }, work));
}

async function showDifference(at: number, { signature: about, count, example }: Finding): Promise<void> {
  const judgement = at < options.shrink ? await shrink(example, contestants) : example;
  const path = await writeCase(options.cases, about, { judgement, version: real.version });
  const first = judgement.unexplained.find((difference) => signature(difference) === about);
  report.difference(about, { first, operations: judgement.sequence.operations.length, path, count });
}

async function replayed(paths: readonly string[]): Promise<boolean> {
  let isAgreement = true;
  for (const path of paths) {
    const { sequence } = await readCase(path);
    const judgement = await judge(sequence, contestants);
    for (const difference of judgement.unexplained) {
      isAgreement = false;
      report.difference(signature(difference), {
        first: difference,
        operations: sequence.operations.length,
        path,
        count: 1,
      });
    }
    if (judgement.unexplained.length === 0) report.progress(`${path}: both answer the same`);
  }
  return isAgreement;
}
