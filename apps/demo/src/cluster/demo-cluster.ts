import type { Env } from '@canaryop/reconcile/env';
import {
  listenIngress,
  startCluster,
  type Cluster,
  type HttpListener,
  type ListeningApiServer,
} from '@canaryop/simkube';

import { createAsKubectlApply } from './apply-manifest.ts';
import { installManifest, readManifest } from './manifests.ts';
import { startEmbeddedPrometheus, startInstalledPrometheus, type MetricsServer } from './metrics-server.ts';
import { operatorImage } from './operator-image.ts';
import { podConnection } from './pod-connection.ts';
import { sampleImage } from './sample-image.ts';

/** The Prometheus that the sample names. */
const prometheusHost = 'prometheus.istio-system.svc:9090';

/** What a demo cluster is made of. */
export interface DemoClusterOptions {
  readonly env: Env;
  /** Of the API server; 0 takes a free one. */
  readonly port: number;
  /** Of the ingress; 0 takes a free one. */
  readonly ingressPort: number;
  /** Ask the machine's own Prometheus instead of the embedded one. */
  readonly installedPrometheus: boolean;
  /** Whether the operator is installed. Without it, its CRD and roles are there all the same. */
  readonly operator: boolean;
}

/** A cluster on loopback, with the operator installed as config/default says. */
export interface DemoCluster {
  readonly server: ListeningApiServer;
  /** `http://127.0.0.1:PORT` */
  readonly ingressUrl: string;
  readonly ingressPort: number;
  /** Flags that an operator on this machine needs: where the Prometheus of the sample really is. */
  readonly operatorFlags: readonly string[];
  /** From the call to a cluster that answers, in milliseconds. */
  readonly readyMs: number;
  stop(): Promise<void>;
}

/** Starts the cluster. Rejects, naming the flag, when a port is taken. */
export async function startDemoCluster(options: DemoClusterOptions): Promise<DemoCluster> {
  const { env } = options;
  const startedAt = env.clock.monotonic();
  const late: Late = {};
  const cluster = await naming(
    { port: options.port, flag: '--port' },
    startCluster({
      env,
      gatewayApi: true,
      listen: { port: options.port },
      world: { images: [sampleImage, operatorImage(operatorSurroundings(late))] },
    }),
  );
  late.server = cluster.server;
  const stops: (() => Promise<void>)[] = [() => cluster.stop()];
  const stop = async (): Promise<void> => {
    for (const each of stops.toReversed()) await each();
  };
  try {
    const ingress = await openIngress(cluster, options.ingressPort);
    stops.push(() => ingress.close());
    const readyMs = env.clock.monotonic() - startedAt;
    const start = options.installedPrometheus ? startInstalledPrometheus : startEmbeddedPrometheus;
    const prometheus = await start(env, cluster.world);
    stops.push(() => prometheus.stop());
    late.prometheus = prometheus;
    await install(cluster.server, options.operator);
    return {
      server: cluster.server,
      ingressUrl: `http://127.0.0.1:${ingress.port}`,
      ingressPort: ingress.port,
      operatorFlags: operatorFlags(prometheus),
      readyMs,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What the operator's pod needs, which is there before any pod is. */
interface Late {
  server?: ListeningApiServer;
  prometheus?: MetricsServer;
}

function operatorSurroundings(late: Late): Parameters<typeof operatorImage>[0] {
  const started = <T>(part: T | undefined): T => {
    if (part === undefined) throw new Error('the cluster is not complete yet');
    return part;
  };
  return {
    flags: () => operatorFlags(started(late.prometheus)),
    connect: (context, env) => podConnection(context, env, started(late.server)),
  };
}

function operatorFlags({ port }: MetricsServer): readonly string[] {
  return ['--resolve', `${prometheusHost}=127.0.0.1:${port}`];
}

function openIngress({ world }: Cluster, port: number): Promise<HttpListener> {
  return naming({ port, flag: '--ingress-port' }, listenIngress(world.ingress, { port }));
}

async function install(server: ListeningApiServer, withOperator: boolean): Promise<void> {
  const objects = await readManifest(installManifest);
  createAsKubectlApply(server, withOperator ? objects : objects.filter(({ kind }) => kind !== 'Deployment'));
}

/** Says which flag chooses another port. */
async function naming<T>({ port, flag }: { port: number; flag: string }, listening: Promise<T>): Promise<T> {
  try {
    return await listening;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    throw new Error(`port ${port} is taken: choose another with ${flag}, 0 for any free one`, { cause: error });
  }
}
