import { sleep } from '@canaryop/reconcile/env';

import type { Bench, Benchmark, Figure } from '../benchmark.ts';
import { Child } from '../measure/child.ts';
import { changeImages, createApplications, failureOf, releasedCount, rolloutTimes } from '../operator/applications.ts';
import { startBenchCluster, type BenchCluster } from '../operator/bench-cluster.ts';
import type { OperatorReport } from '../operator/operator-report.ts';

const count = 500;
const slowMs = 4_000;
const pollMs = 200;
const limitMs = 600_000;
const goalMs = 100;

const measured =
  `${count} CanaryApps, one pod each side, change their image at once; interval ${rolloutTimes.interval} s, ` +
  `settle ${rolloutTimes.settle} s, drain ${rolloutTimes.drain} s. The operator is a process of its own, on loopback ` +
  'TLS to simkube with its usual lags (ingress and endpoints 200 ms, kubelet 50 ms, controllers 10 ms), which ' +
  'shares the machine. Latency is from a key being ready to the first line of its reconcile';

/** How the operator holds 500 rollouts at once. */
export const rollouts: Benchmark = {
  name: 'rollouts',
  measures: `${measured}. Five steps of 10 %`,
  run: (bench) => run(bench, { delayMs: 0, stepWeight: 10 }),
};

/** The same with a provider that is late: no worker waits for it. */
export const slowPrometheus: Benchmark = {
  name: 'slow-prometheus',
  measures: `${measured}. One step of 50 %, and a Prometheus that takes ${slowMs / 1000} s to answer`,
  run: (bench) => run(bench, { delayMs: slowMs, stepWeight: 50 }),
};

async function run(
  bench: Bench,
  { delayMs, stepWeight }: { readonly delayMs: number; readonly stepWeight: number },
): Promise<readonly Figure[]> {
  const cluster = await startBenchCluster(bench.env, delayMs);
  const operator = new Child(new URL('../operator/main.ts', import.meta.url), cluster.flags, cluster.environment);
  try {
    bench.progress(`installing ${count} applications`);
    createApplications(cluster.server.loopback, { count, stepWeight });
    await untilReleased(bench, cluster, 'sample-server:v1');
    const installed = await operator.ask<OperatorReport>('report');
    bench.progress('rolling out');
    const rolledOut = await rollOut({ bench, cluster, operator }, 'sample-server:v2');
    return [
      { what: 'first installation: event to reconcile p99', value: installed.startP99Ms, unit: 'ms', goal: goalMs },
      ...figures(rolledOut),
    ];
  } finally {
    await operator.stop();
    await cluster.stop();
  }
}

interface Measured {
  readonly report: OperatorReport;
  readonly seconds: number;
  readonly writes: number;
  readonly reads: number;
}

async function rollOut(
  { bench, cluster, operator }: { bench: Bench; cluster: BenchCluster; operator: Child },
  image: string,
): Promise<Measured> {
  await sleep(bench.env.timers, 2_000);
  await operator.ask('reset');
  const { writes, requests } = cluster;
  const before = { writes: writes.length, requests: requests.length };
  const startMs = bench.env.clock.monotonic();
  changeImages(cluster.server.loopback, image);
  await untilReleased(bench, cluster, image);
  const seconds = (bench.env.clock.monotonic() - startMs) / 1000;
  await sleep(bench.env.timers, 2_000);
  return {
    report: await operator.ask<OperatorReport>('report'),
    seconds,
    writes: cluster.writes.length - before.writes,
    reads: requests.slice(before.requests).filter(({ verb }) => verb === 'get' || verb === 'list').length,
  };
}

async function untilReleased({ env, progress }: Bench, { server }: BenchCluster, image: string): Promise<void> {
  const endMs = env.clock.monotonic() + limitMs;
  let toldMs = env.clock.monotonic();
  for (let released = 0; released < count; released = releasedCount(server.loopback, image)) {
    const nowMs = env.clock.monotonic();
    const failure = failureOf(server.loopback);
    if (failure !== undefined) throw new Error(`no rollout should fail here: ${failure}`);
    if (nowMs > endMs) throw new Error(`only ${released} of ${count} applications reached ${image} in ${limitMs} ms`);
    if (nowMs - toldMs > 5_000) {
      progress(`${released} of ${count} run ${image}`);
      toldMs = nowMs;
    }
    await sleep(env.timers, pollMs);
  }
}

function figures({ report, seconds, writes, reads }: Measured): readonly Figure[] {
  const { usage } = report;
  const of = (what: string, value: number, unit = ''): Figure => ({ what, value, unit });
  return [
    of('event to reconcile p50', report.startP50Ms, 'ms'),
    { ...of('event to reconcile p99', report.startP99Ms, 'ms'), goal: goalMs },
    of('event to reconcile, longest', report.startMaxMs, 'ms'),
    of('one reconcile p50', report.reconcileP50Ms, 'ms'),
    of('one reconcile p99', report.reconcileP99Ms, 'ms'),
    of('one reconcile, longest', report.reconcileMaxMs, 'ms'),
    of('reconciles', report.reconciles),
    of('workers busy afterwards', report.activeWorkers),
    of('until all are released', seconds, 's'),
    of('writes, events included', writes),
    of('reads', reads),
    of('event loop late p99', usage.stallP99Ms, 'ms'),
    of('event loop late, longest', usage.stallMaxMs, 'ms'),
    of('operator CPU', usage.cpuSeconds, 's'),
    of('operator resident memory at the end', usage.residentMiB, 'MiB'),
  ];
}
