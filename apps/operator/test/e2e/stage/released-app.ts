import type { KubernetesObject, ObjectKey, ResourceKind } from '@canaryop/reconcile/object';

import { CanaryApp, type CanaryAppStatus, type OwnedSpec } from '../../../src/api/v1/canaryapp.ts';
import { weightOf } from '../../../src/traffic/istio/routes.ts';
import { env } from './env.ts';
import { prometheusHost } from './operator-process.ts';
import { ask, SteadyRequests } from './requests.ts';
import type { TestCluster } from './test-cluster.ts';
import { until } from './until.ts';

/** An image of the sample server. */
export const image = (version: string): string => `atzedevries/go-status-code-server:${version}`;

/** The sample's spec with short times, and with fewer and greater steps. */
export const quickSpec = {
  image: image('v1'),
  imageListenPort: 8088,
  replicas: 2,
  testReplicas: 1,
  prometheusURL: `http://${prometheusHost}`,
  trafficShiftUpdateInterval: 4,
  checkIntervalSeconds: 1,
  deploymentReadyWaitTime: 1,
  drainSeconds: 2,
  progressDeadlineSeconds: 60,
  strategy: { stepWeight: 25, maxWeight: 50 },
} as const satisfies Partial<OwnedSpec>;

/** A weight of secondary, and since when it holds on the monotonic clock. */
export interface WeightAt {
  readonly at: number;
  readonly weight: number | undefined;
}

/** A status, and when it was seen. */
export interface StatusAt {
  readonly at: number;
  readonly status: CanaryAppStatus;
}

/** A CanaryApp in a namespace of its own with a host of its own, and what is seen of it. */
export class ReleasedApp {
  readonly key: ObjectKey & { readonly namespace: string };
  readonly host: string;
  /** Weights as the routes said, each once for as long as it held. */
  readonly weights: WeightAt[] = [];
  /** Every status that was seen. */
  readonly statuses: StatusAt[] = [];
  readonly #cluster: TestCluster;
  readonly #requests: SteadyRequests[] = [];
  readonly #unsubscribe: readonly (() => void)[];

  constructor(
    cluster: TestCluster,
    namespace: string,
    options: { readonly name?: string; readonly host?: string } = {},
  ) {
    const { name = 'demo', host = `${namespace}.example.com` } = options;
    this.#cluster = cluster;
    this.key = { namespace, name };
    this.host = host;
    const isOurs = ({ metadata }: KubernetesObject): boolean =>
      metadata.name === name && metadata.namespace === namespace;
    this.#unsubscribe = [
      cluster.apps.onChange((change) => {
        if (change.type !== 'deleted' && isOurs(change.object) && change.object.status !== undefined) {
          this.statuses.push({ at: env.clock.monotonic(), status: change.object.status });
        }
      }),
      cluster.virtualServices.onChange((change) => {
        if (!isOurs(change.type === 'deleted' ? change.previous : change.object)) return;
        const weight = change.type === 'deleted' ? undefined : weightOf(change.object);
        if (weight !== this.weights.at(-1)?.weight) this.weights.push({ at: env.clock.monotonic(), weight });
      }),
    ];
  }

  /** The query of the README, for this application. */
  get errorsQuery(): string {
    const { namespace, name } = this.key;
    const labels = `destination_service_name="${name}",destination_service_namespace="${namespace}",response_code=~"5.*"`;
    return `increase(istio_requests_total{${labels}}[10s]) > 2`;
  }

  /** Creates it. */
  async create(spec: Partial<OwnedSpec> = {}): Promise<void> {
    await this.#cluster.client.create(CanaryApp, {
      apiVersion: 'canary.atze.io/v1',
      kind: 'CanaryApp',
      metadata: this.key,
      spec: { ...quickSpec, prometheusQuery: this.errorsQuery, service: { hosts: [this.host] }, ...spec },
    } as unknown as CanaryApp);
  }

  /** Changes its spec. */
  async set(spec: Partial<OwnedSpec>): Promise<void> {
    await this.#cluster.patch(CanaryApp, this.key, { spec });
  }

  /** Nothing is there until the operator has seen it. */
  get live(): CanaryApp | undefined {
    return this.#cluster.apps.lister.get(this.key);
  }

  get status(): Partial<CanaryAppStatus> {
    return this.live?.status ?? {};
  }

  /** Secondary's share as the routes say now. */
  get weight(): number | undefined {
    const live = this.#cluster.virtualServices.lister.get(this.key);
    return live && weightOf(live);
  }

  /** A child, or nothing. */
  child<T extends KubernetesObject>(kind: ResourceKind<T>, role?: 'primary' | 'secondary'): Promise<T | undefined> {
    return this.#cluster.client.get(kind, this.childKey(role));
  }

  /** Where a child is. */
  childKey(role?: 'primary' | 'secondary'): ObjectKey {
    return role === undefined ? this.key : { ...this.key, name: `${this.key.name}-${role}` };
  }

  /** The image that a workload is to run. */
  imageOf(role: 'primary' | 'secondary'): string | undefined {
    const live = this.#cluster.deployments.lister.get(this.childKey(role));
    return live?.spec?.template.spec?.containers[0]?.image;
  }

  /** Waits until something is so of this application. */
  until(what: string, look: (app: this) => unknown, timeoutMs = 90_000): Promise<unknown> {
    const { namespace, name } = this.key;
    return until(`${namespace}/${name} ${what}`, () => Boolean(look(this)), {
      timeoutMs,
      state: () => ({ weight: this.weight, spec: this.live?.spec.image, ...this.status }),
    });
  }

  /** Waits until it is at rest with what its spec says now. */
  async untilPhase(phase: string, timeoutMs?: number): Promise<void> {
    const { metadata } = (await this.#cluster.client.get(CanaryApp, this.key)) ?? {};
    const isCurrent = (app: ReleasedApp): boolean =>
      (app.status.observedGeneration ?? 0) >= (metadata?.generation ?? 0);
    await this.until(`is ${phase}`, (app) => app.status.phase === phase && isCurrent(app), timeoutMs);
  }

  /** Waits until its routes give secondary at least so much. */
  untilWeight(weight: number, timeoutMs?: number): Promise<unknown> {
    return this.until(`has weight ${weight}`, (app) => (app.weight ?? 0) >= weight, timeoutMs);
  }

  /** Creates it, and waits until it is installed and the ingress knows of it. */
  async install(port: number, spec: Partial<OwnedSpec> = {}): Promise<void> {
    await this.create(spec);
    await this.untilPhase('Released');
    await this.untilServed(port);
  }

  /** Waits until the ingress has an answer for its host. */
  async untilServed(port: number): Promise<void> {
    await until(`${this.host} is served`, async () => (await ask(port, this.host, '/hello')).status === 200);
  }

  /** Sends requests to its host until `close`. */
  requests(port: number, path = '/hello', perSecond = 20): SteadyRequests {
    const requests = new SteadyRequests({ port, host: this.host, path, perSecond });
    this.#requests.push(requests);
    return requests;
  }

  /** Ends its requests, and looks at it no more. */
  async close(): Promise<void> {
    for (const stop of this.#unsubscribe) stop();
    await Promise.all(this.#requests.map((requests) => requests.stop()));
  }
}

/** Whether secondary's Deployment is there, as the cache of the test has it. */
export function hasSecondary(cluster: TestCluster, app: ReleasedApp): boolean {
  return cluster.deployments.lister.get(app.childKey('secondary')) !== undefined;
}
