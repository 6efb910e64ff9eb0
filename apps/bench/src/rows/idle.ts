import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

import { CanaryApp } from '@canaryop/operator';
import { sleep } from '@canaryop/reconcile/env';

import type { Bench, Benchmark, Figure } from '../benchmark.ts';
import { processFigures } from '../measure/linux-process.ts';
import { nodeEnvironment } from '../measure/node-environment.ts';
import { createApplications, releasedCount } from '../operator/applications.ts';
import { startBenchCluster, type BenchCluster } from '../operator/bench-cluster.ts';

const counts = [100, 500] as const;
const idleMs = 60_000;
const settleMs = 5_000;
const pollMs = 50;

/** What the operator costs when there is nothing to do. */
export const idle: Benchmark = {
  name: 'idle',
  measures:
    'the bundled operator as in a pod, a process of its own on loopback TLS to simkube, with leader election: from its ' +
    `start to its first write; then ${counts.join(' and ')} released CanaryApps, ${idleMs / 1000} s without a change`,
  run,
};

async function run(bench: Bench): Promise<readonly Figure[]> {
  const cluster = await startBenchCluster(bench.env);
  const directory = mkdtempSync(join(tmpdir(), 'canaryop-bundle-'));
  const bundle = fileURLToPath(new URL('../../../../scripts/bundle.ts', import.meta.url));
  execFileSync(process.execPath, [bundle, directory]);
  createApplications(cluster.server.loopback, { count: 1 });
  const startMs = bench.env.clock.monotonic();
  const operator = spawn(process.execPath, [join(directory, 'canaryop.mjs'), ...cluster.flags, '--leader-elect'], {
    env: { ...process.env, ...cluster.environment, ...nodeEnvironment },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  try {
    await until(bench, () => cluster.writes.some(({ resource }) => resource === 'canaryapps'));
    const startSeconds = bench.env.clock.monotonic() - startMs;
    const figures: Figure[] = [
      { what: 'from start to the first write of a reconcile', value: startSeconds, unit: 'ms' },
    ];
    for (const count of counts) figures.push(...(await rest({ bench, cluster, operator }, count)));
    return figures;
  } finally {
    operator.kill('SIGKILL');
    await cluster.stop();
    rmSync(directory, { recursive: true });
  }
}

async function rest(
  { bench, cluster, operator }: { bench: Bench; cluster: BenchCluster; operator: ChildProcess },
  count: number,
): Promise<readonly Figure[]> {
  const { env } = bench;
  const pid = operator.pid ?? 0;
  bench.progress(`installing ${count} applications`);
  createApplications(cluster.server.loopback, { count, existing: cluster.server.loopback.list(CanaryApp).length });
  await until(bench, () => releasedCount(cluster.server.loopback, 'sample-server:v1') === count);
  await sleep(env.timers, settleMs);
  bench.progress(`watching ${count} at rest for ${idleMs / 1000} s`);
  const before = { requests: cluster.requests.length, cpuSeconds: processFigures(pid).cpuSeconds };
  await sleep(env.timers, idleMs);
  const { cpuSeconds, residentMiB } = processFigures(pid);
  const requests = cluster.requests.slice(before.requests);
  const renewals = requests.filter(({ resource }) => resource === 'leases').length;
  const watches = requests.filter(({ verb }) => verb === 'watch').length;
  const of = (what: string, value: number, unit = ''): Figure => ({ what: `${count} at rest: ${what}`, value, unit });
  return [
    of('lease renewals', renewals),
    of('watches renewed', watches),
    of('other requests', requests.length - renewals - watches),
    of('CPU', ((cpuSeconds - before.cpuSeconds) / (idleMs / 1000)) * 100, '%'),
    of('resident memory', residentMiB, 'MiB'),
  ];
}

async function until({ env }: Bench, condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(env.timers, pollMs);
}
