import { join } from 'node:path';

import { createCache, type Cache } from '@canaryop/reconcile/cache';
import { processEnv, type Env } from '@canaryop/reconcile/env';
import { Deployment } from '@canaryop/reconcile/kinds';
import { EmbeddedPrometheus } from '@canaryop/simkube';
import { gitRepository, startArgoCd, type ArgoCd, type GitRepository } from '@canaryop/testkit/argocd';
import {
  installIstioDefinitions,
  startControlPlane,
  startProcess,
  untilReady,
  type ControlPlane,
} from '@canaryop/testkit/control-plane';

import { CanaryApp } from '../../src/api/v1/canaryapp.ts';
import { VirtualService } from '../../src/traffic/istio/kinds.ts';
import { Application } from './kinds.ts';
import { kubectlWith, type Kubectl } from './kubectl.ts';
import { RequestCounts } from './request-counts.ts';
import { Watched } from './watched.ts';

const root = join(import.meta.dirname, '../../../..');
const system = 'canaryop-system';
const account = 'canaryop-controller-manager';

/** Who the operator is, in audit events. */
export const operatorUser = `system:serviceaccount:${system}:${account}`;

/** How a world is made. */
export interface ArgoCdWorldOptions {
  /** Without it nobody acts on CanaryApps. @default true */
  readonly operator?: boolean;
  /** Whether Argo CD is configured with config/argocd from the start. @default true */
  readonly healthCheck?: boolean;
}

/** A real control plane with Argo CD, a git repository and, as a process of its own, the operator under its shipped rights. */
export interface ArgoCdWorld {
  readonly env: Env;
  readonly controlPlane: ControlPlane;
  readonly argoCd: ArgoCd;
  readonly git: GitRepository;
  readonly kubectl: Kubectl;
  readonly applications: Watched<Application>;
  readonly canaryApps: Watched<CanaryApp>;
  /** Asks Argo CD to look at git now, as `argocd app get --refresh` does. */
  readonly refresh: (application: string) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Where a file of this repository is. */
export function repositoryPath(path: string): string {
  return join(root, path);
}

/** Starts everything; `stop` ends it. */
export async function startArgoCdWorld(options: ArgoCdWorldOptions = {}): Promise<ArgoCdWorld> {
  const { operator = true, healthCheck = true } = options;
  const env = processEnv();
  progress('starting a control plane');
  const controlPlane = await startControlPlane({ env, kwok: operator });
  const closers: Close[] = [() => controlPlane.stop()];
  const stop = async (): Promise<void> => {
    for (const close of closers.splice(0).toReversed()) await close();
  };
  try {
    const kubectl = kubectlWith(controlPlane.adminKubeconfig);
    progress('installing the CRDs of Istio, config/default and Argo CD');
    const [argoCd, git] = await Promise.all([
      startArgoCd(controlPlane, { components: healthCheck ? [join(root, 'config/argocd')] : [] }),
      gitRepository(controlPlane.scope.folder),
      install(controlPlane, kubectl),
    ]);
    const cache = createCache({ env, connection: controlPlane.connection, fieldManager: 'test' });
    const applications = new Watched(cache.informer(Application), env);
    const canaryApps = new Watched(cache.informer(CanaryApp), env);
    if (operator) await startOperator(controlPlane, cache, closers);
    closers.push(await started(cache));
    const refresh = async (application: string): Promise<void> => {
      const annotation = 'argocd.argoproj.io/refresh=normal';
      await kubectl(['-n', argoCd.namespace, 'annotate', '--overwrite', 'application', application, annotation]);
    };
    return { env, controlPlane, argoCd, git, kubectl, applications, canaryApps, refresh, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Close = () => Promise<unknown>;

function progress(line: string): void {
  process.stderr.write(`argocd world: ${line}\n`);
}

/** Istio's official kinds, without Istio; and the operator as people install it. */
async function install(controlPlane: ControlPlane, kubectl: Kubectl): Promise<void> {
  await installIstioDefinitions(controlPlane);
  await kubectl(['apply', '-k', join(root, 'config/default')]);
}

/** Starts a cache. Resolves, with what ends it, when everything declared is in memory. */
async function started(cache: Cache): Promise<Close> {
  const stopping = new AbortController();
  const ended = cache.start(stopping.signal);
  await cache.synced();
  return () => {
    stopping.abort();
    return ended;
  };
}

/** Starts the Prometheus of this process and the operator, from source, which asks it. */
async function startOperator(controlPlane: ControlPlane, cache: Cache, closers: Close[]): Promise<void> {
  const { env } = controlPlane.scope;
  const counts = new RequestCounts({
    virtualServices: cache.informer(VirtualService).lister,
    deployments: cache.informer(Deployment).lister,
  });
  const prometheus = new EmbeddedPrometheus(env);
  prometheus.scraper.add({ job: 'mesh', instance: 'ingress', collect: () => counts.collect() });
  const listener = await prometheus.listen();
  closers.push(() => listener.close());
  prometheus.scraper.start();
  closers.push(() => Promise.resolve(prometheus.scraper.stop()));
  const kubeconfig = await controlPlane.serviceAccountKubeconfig(system, account);
  const operator = await startProcess(controlPlane.scope, {
    name: 'operator',
    program: process.execPath,
    args: [
      '--conditions=source',
      join(root, 'apps/operator/src/main.ts'),
      `--kubeconfig=${kubeconfig}`,
      '--metrics-bind-address=0',
      '--health-probe-bind-address=127.0.0.1:0',
      `--resolve=prometheus.istio-system.svc:9090=127.0.0.1:${listener.port}`,
    ],
  });
  await untilReady(operator, env, 30_000, () =>
    Promise.resolve(operator.log().includes('serving probes') ? true : undefined),
  );
}
