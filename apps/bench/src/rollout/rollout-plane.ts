import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { createClient, type Client } from '@canaryop/reconcile/client';
import { sleep, type Env } from '@canaryop/reconcile/env';
import type { KubernetesObject } from '@canaryop/reconcile/object';
import { findPrometheus, startRealPrometheus } from '@canaryop/simkube/prometheus';
import {
  freePort,
  installDefinitions,
  installIstioDefinitions,
  startControlPlane,
  type AuditPolicy,
  type ControlPlane,
} from '@canaryop/testkit/control-plane';

import { ClusterRoleBinding, ServiceAccount } from '../kinds.ts';
import { inParallel } from '../measure/in-parallel.ts';
import { patchNewest } from '../measure/patch-newest.ts';
import { SubjectProcess } from '../measure/subject-process.ts';
import { AuditedRequests } from './audited-requests.ts';
import { startMetricTarget, type MetricTarget } from './metric-target.ts';
import { namespace, type Manifest, type ReadyPeer, type Workplace } from './peer.ts';
import { ReleaseObserver } from './release-observer.ts';
import type { StepPlan } from './timeline.ts';

const account = 'bench-operator';
/** How many applications are made, or changed, at a time. */
export const parallel = 32;
const scrapeIntervalMs = 5000;

/** Of the operator every request, without its body, once it is answered; of others nothing. It is written at little cost. */
const auditPolicy: AuditPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived', 'ResponseStarted'],
  rules: [{ level: 'Metadata', users: [`system:serviceaccount:${namespace}:${account}`] }, { level: 'None' }],
};

/** What is not measured must not be what everybody waits for: at their defaults these throttle themselves. */
const unthrottled = ['--kube-api-qps=2000', '--kube-api-burst=4000'];
export const unthrottledComponents = { 'kube-controller-manager': unthrottled, 'kube-scheduler': unthrottled };

/** What a plane is for. */
export interface PlaneOptions {
  readonly env: Env;
  readonly progress: (line: string) => void;
  readonly peer: ReadyPeer;
  readonly mode: string;
  /** Names of the applications that it may have. */
  readonly apps: readonly string[];
  readonly plan: StepPlan;
}

/** A real control plane with Istio's CRDs and a real Prometheus, one operator, and somebody who releases and looks on. */
export class RolloutPlane {
  readonly observer: ReleaseObserver;
  readonly subject: SubjectProcess;
  readonly requests: AuditedRequests;
  readonly metrics: MetricTarget;
  readonly #options: PlaneOptions;
  readonly #client: Client;
  readonly #prometheusUrl: string;
  readonly #stops: (() => Promise<unknown> | void)[];

  private constructor(made: {
    options: PlaneOptions;
    plane: ControlPlane;
    client: Client;
    observer: ReleaseObserver;
    subject: SubjectProcess;
    metrics: MetricTarget;
    prometheusUrl: string;
    stops: (() => Promise<unknown> | void)[];
  }) {
    this.#options = made.options;
    this.#client = made.client;
    this.#prometheusUrl = made.prometheusUrl;
    this.#stops = made.stops;
    this.observer = made.observer;
    this.subject = made.subject;
    this.metrics = made.metrics;
    this.requests = new AuditedRequests(join(made.plane.scope.folder, 'audit.log'));
  }

  /** Starts all of it, without applications. */
  static async start(options: PlaneOptions): Promise<RolloutPlane> {
    const { env, progress, peer, apps } = options;
    const stops: (() => Promise<unknown> | void)[] = [];
    try {
      const plane = await startControlPlane({
        env,
        onProgress: progress,
        kwok: true,
        auditPolicy,
        flags: unthrottledComponents,
      });
      stops.push(() => plane.stop());
      await installIstioDefinitions(plane);
      await installDefinitions(plane, peer.definitions);
      const metrics = await startMetricTarget(env.clock, apps);
      stops.push(() => metrics.stop());
      const prometheusUrl = await startPrometheus(env, metrics, stops);
      const client = createClient({ env, connection: plane.connection, fieldManager: 'bench-user', timeoutMs: 60_000 });
      await createAll(client, peer.shared(prometheusUrl));
      const observer = await ReleaseObserver.start(env, plane, peer);
      stops.push(() => observer.stop());
      const subject = await startSubject(options, { plane, client, prometheusUrl });
      stops.push(() => subject.stop());
      return new RolloutPlane({ options, plane, client, observer, subject, metrics, prometheusUrl, stops });
    } catch (error) {
      await stopAll(stops);
      throw error;
    }
  }

  /** Makes applications, and resolves when their operator has made of them what it does. */
  async install(names: readonly string[], image: string, patienceMs: number): Promise<void> {
    const { peer, plan } = this.#options;
    await inParallel(names, parallel, (name) =>
      createAll(this.#client, peer.application({ name, image, prometheusUrl: this.#prometheusUrl, plan })),
    );
    const left = await this.until(names, (name) => this.observer.isInstalled(name), patienceMs);
    if (left > 0) throw new Error(`${left} of ${names.length} applications are not installed after ${patienceMs} ms`);
  }

  /** Changes the image of applications at the same moment. */
  async release(names: readonly string[], image: string): Promise<void> {
    const { changed, changeTo } = this.#options.peer;
    const live = new Map((await this.#client.list(changed, { namespace })).map((each) => [each.metadata.name, each]));
    await inParallel(names, parallel, async (name) => {
      const object = live.get(name);
      if (object === undefined) throw new Error(`${changed.kind} ${name} is gone`);
      this.observer.begin(name);
      await patchNewest(this.#client, changed, object, changeTo(image));
    });
  }

  /** Resolves with how many are not what `isReached` asks for. Rejects when the operator ends. */
  until(names: readonly string[], isReached: (name: string) => boolean, patienceMs: number): Promise<number> {
    const check = (): void => {
      if (this.subject.hasExited) throw new Error(`the operator ended:\n${this.subject.said}`);
    };
    return this.observer.until(names, isReached, { patienceMs, check });
  }

  pause(seconds: number): Promise<void> {
    return sleep(this.#options.env.timers, seconds * 1000);
  }

  async stop(): Promise<void> {
    await stopAll(this.#stops);
  }
}

async function startPrometheus(
  { timers }: Env,
  { address }: MetricTarget,
  stops: (() => Promise<unknown> | void)[],
): Promise<string> {
  const binary = await findPrometheus();
  if (binary === undefined) throw new Error('prometheus is not on the PATH');
  const prometheus = await startRealPrometheus({
    timers,
    binary,
    targets: [{ job: 'bench', address }],
    scrapeIntervalMs,
  });
  stops.push(() => prometheus.stop());
  return prometheus.url;
}

async function startSubject(
  { peer, mode }: PlaneOptions,
  { plane, client, prometheusUrl }: { plane: ControlPlane; client: Client; prometheusUrl: string },
): Promise<SubjectProcess> {
  const metadata = { namespace, name: account };
  await createAll(client, [
    { kind: ServiceAccount, object: { apiVersion: 'v1', kind: 'ServiceAccount', metadata } },
    {
      kind: ClusterRoleBinding,
      object: {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRoleBinding',
        metadata: { name: account },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
        subjects: [{ kind: 'ServiceAccount', ...metadata }],
      } as KubernetesObject,
    },
  ]);
  const workplace: Workplace = {
    apiServer: new URL(plane.url),
    kubeconfig: await plane.serviceAccountKubeconfig(namespace, account),
    accountFolder: await mountAccount(plane),
    prometheusUrl,
    ports: [await freePort(), await freePort()],
  };
  const launch = peer.modes[mode]?.(workplace);
  if (launch === undefined) throw new Error(`there is no mode ${mode}`);
  return new SubjectProcess(peer.command, launch.args, launch.environment ?? {});
}

/** What a kubelet mounts. */
async function mountAccount(plane: ControlPlane): Promise<string> {
  const folder = join(plane.scope.folder, 'account');
  await mkdir(folder);
  const files = {
    token: await plane.serviceAccountToken(namespace, account),
    'ca.crt': plane.caData,
    namespace,
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text, { mode: 0o600 });
  return folder;
}

async function createAll(client: Client, manifests: readonly Manifest[]): Promise<void> {
  for (const { kind, object } of manifests) await client.create(kind, object);
}

async function stopAll(stops: (() => Promise<unknown> | void)[]): Promise<void> {
  for (const stop of stops.splice(0).toReversed()) await stop();
}
