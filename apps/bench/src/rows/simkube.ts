import { createClient, kubeConfigConnection, noCredentials, type ClusterConnection } from '@canaryop/reconcile/client';
import { adminUser, createCluster, startCluster, type ApiServer } from '@canaryop/simkube';

import type { Bench, Benchmark, Figure } from '../benchmark.ts';
import { ConfigMap, configMap } from '../informer/config-maps.ts';
import { withKubeconfig } from '../informer/kubeconfig-file.ts';
import { percentile } from '../measure/percentile.ts';

const starts = 5;
const objects = 2_000;
const inFlight = 16;
const goalMs = 500;

/** The simulated cluster. */
export const simkube: Benchmark = {
  name: 'simkube',
  measures:
    `${starts} starts of a whole cluster (API server, Istio CRDs, world), the first with nothing compiled yet; then ${objects} ` +
    `creates and ${objects} merge patches, ${inFlight} at a time, by our client in the same process, without a socket and over ` +
    'loopback TLS, with one watcher in the server',
  run,
};

interface Throughput {
  readonly createsPerSecond: number;
  readonly patchesPerSecond: number;
  readonly watchedPerSecond: number;
}

async function run(bench: Bench): Promise<readonly Figure[]> {
  const { env } = bench;
  bench.progress('starting');
  const listening: number[] = [];
  const direct: number[] = [];
  for (let index = 0; index < starts; index += 1) {
    const startMs = env.clock.monotonic();
    const listener = await startCluster({ env });
    const betweenMs = env.clock.monotonic();
    const inProcess = createCluster({ env });
    direct.push(env.clock.monotonic() - betweenMs);
    listening.push(betweenMs - startMs);
    await listener.stop();
    await inProcess.stop();
  }
  return [
    { what: 'start to ready over TLS, first of the process', value: listening[0] ?? 0, unit: 'ms', goal: goalMs },
    { what: 'start to ready over TLS, median', value: percentile(listening, 0.5), unit: 'ms', goal: goalMs },
    { what: 'start to ready in process, median', value: percentile(direct, 0.5), unit: 'ms', goal: goalMs },
    ...figures('in process', await withoutSocket(bench)),
    ...figures('over TLS', await overTls(bench)),
  ];
}

async function withoutSocket(bench: Bench): Promise<Throughput> {
  bench.progress('writes without a socket');
  const cluster = createCluster({ env: bench.env });
  const { server } = cluster;
  const transport = server.transport(adminUser);
  const throughput = await measure(bench, server, {
    server: 'https://simkube',
    transport,
    credentials: noCredentials,
  });
  await cluster.stop();
  return throughput;
}

async function overTls(bench: Bench): Promise<Throughput> {
  bench.progress('writes over TLS');
  const cluster = await startCluster({ env: bench.env });
  const { server } = cluster;
  const throughput = await withKubeconfig(server.kubeconfig, async (path) => {
    const { connection } = await kubeConfigConnection(bench.env, { path });
    return measure(bench, server, connection);
  });
  await cluster.stop();
  return throughput;
}

async function measure({ env }: Bench, server: ApiServer, connection: ClusterConnection): Promise<Throughput> {
  const client = createClient({ env, connection, fieldManager: 'bench' });
  let watched = 0;
  const unwatch = server.loopback.watch(ConfigMap, () => {
    watched += 1;
  });
  const created: ConfigMap[] = [];
  const startMs = env.clock.monotonic();
  await eachInFlight(objects, async (index) => {
    created.push(await client.create(ConfigMap, configMap(index)));
  });
  const createdMs = env.clock.monotonic();
  await eachInFlight(objects, async (index) => {
    const live = created[index];
    if (live !== undefined) await client.patch(ConfigMap, live, { data: { round: '1' } });
  });
  const patchedMs = env.clock.monotonic();
  unwatch();
  const perSecond = (count: number, elapsedMs: number): number => (count / elapsedMs) * 1000;
  return {
    createsPerSecond: perSecond(objects, createdMs - startMs),
    patchesPerSecond: perSecond(objects, patchedMs - createdMs),
    watchedPerSecond: perSecond(watched, patchedMs - startMs),
  };
}

/** Does something for 0, 1, 2 and so on, a few at a time. */
async function eachInFlight(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
}

function figures(how: string, throughput: Throughput): readonly Figure[] {
  return [
    { what: `creates ${how}`, value: throughput.createsPerSecond, unit: '/s' },
    { what: `merge patches ${how}`, value: throughput.patchesPerSecond, unit: '/s' },
    { what: `events seen by the watcher meanwhile, ${how}`, value: throughput.watchedPerSecond, unit: '/s' },
  ];
}
