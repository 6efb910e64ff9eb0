import { ConfigMap, Deployment, Pod, Secret } from '@canaryop/reconcile/kinds';
import { declaredPorts, serverProgram, type ImageRule } from '@canaryop/simkube';

import { CanaryApp, type CanaryAppSpec } from '../../src/api/v1/canaryapp.ts';
import { trackingKeyName } from '../../src/tracking-key-name.ts';
import { Gateway, VirtualService } from '../../src/traffic/istio/kinds.ts';
import { weightOfHosts } from '../../src/traffic/istio/weighted-hosts.ts';
import { kindOf } from '../manifests/install.ts';
import { readManifests } from '../manifests/manifest-files.ts';
import { operatorNamespace, Simulation, type RunningOperator, type SimulationOptions } from './simulated-cluster.ts';

export const appKey = { namespace: 'default', name: 'shop' } as const;
export const named = (name: string) => ({ namespace: 'default', name });

/**
 * A server that answers with its configuration: with 500 when that is `broken`; not at all, as primary, when it is `shy`.
 */
const configured: ImageRule = {
  match: /^configured:(?<version>\w+)$/,
  behaviour: ({ groups }) => ({
    program: (context) => {
      const { MODE = '', TOKEN = '', EXTRA = '' } = context.variables;
      const body = [groups?.['version'], MODE, TOKEN, EXTRA].join(' ').trim();
      const answer = { status: MODE === 'broken' ? 500 : 200, headers: {}, body };
      const isShy = MODE === 'shy' && context.pod.metadata.labels?.['app'] === 'shop-primary';
      return serverProgram(isShy ? () => [] : declaredPorts, () => Promise.resolve(answer))(context);
    },
  }),
};

type PodSpec = NonNullable<NonNullable<Deployment['spec']>['template']['spec']>;
type Container = PodSpec['containers'][number];

const environment: NonNullable<Container['env']> = [
  { name: 'MODE', valueFrom: { configMapKeyRef: { name: 'settings', key: 'mode' } } },
  { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'token', key: 'value' } } },
  { name: 'EXTRA', valueFrom: { configMapKeyRef: { name: 'extra', key: 'text', optional: true } } },
];

/** The Deployment of somebody's shop. */
function shop(version: string, env: Container['env']): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { ...appKey, labels: { app: 'shop' } },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'shop' } },
      template: {
        metadata: { labels: { app: 'shop' } },
        spec: {
          containers: [
            {
              name: 'shop',
              image: `configured:${version}`,
              ports: [{ name: 'http', containerPort: 8088 }],
              readinessProbe: { tcpSocket: { port: 8088 }, periodSeconds: 1 },
              lifecycle: { preStop: { sleep: { seconds: 5 } } },
              ...(env === undefined ? {} : { env }),
            },
          ],
        },
      },
    },
  };
}

const spec = {
  targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop' },
  service: { port: 80, targetPort: 8088, hosts: ['*'], gateways: ['public'] },
  analysis: {
    intervalSeconds: 4,
    threshold: 2,
    metrics: [{ name: 'request-success-rate', min: 99, intervalSeconds: 10 }],
  },
  strategy: { stepWeight: 25, maxWeight: 50 },
  deploymentReadyWaitTime: 2,
  progressDeadlineSeconds: 60,
  drainSeconds: 2,
};

/** How a story differs from the usual one. */
export interface ConfigStoryOptions extends Pick<SimulationOptions, 'wrap' | 'log' | 'operator'> {
  readonly spec?: Partial<CanaryAppSpec>;
  readonly env?: Container['env'];
  /** Whether the Role secret-tracking is bound in the namespace. @default true */
  readonly tracksSecrets?: boolean;
}

/** A shop with a ConfigMap, a Secret and an optional ConfigMap, in a cluster with the operator as it is installed. */
export class ConfigStory {
  readonly sim: Simulation;
  readonly #options: ConfigStoryOptions;
  #operator: RunningOperator | undefined;

  constructor(options: ConfigStoryOptions = {}) {
    this.#options = options;
    const { wrap, log } = options;
    this.sim = new Simulation({
      world: { images: [configured] },
      operator: { trackingKey: { namespace: operatorNamespace, name: trackingKeyName }, ...options.operator },
      ...(wrap === undefined ? {} : { wrap }),
      ...(log === undefined ? {} : { log }),
    });
    const { loopback } = this.sim.cluster.server;
    loopback.create(Gateway, {
      apiVersion: 'networking.istio.io/v1',
      kind: 'Gateway',
      metadata: named('public'),
      spec: {
        selector: { istio: 'ingressgateway' },
        servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }],
      },
    });
    if (options.tracksSecrets !== false) this.bindSecretTracking();
    this.setConfigMap('settings', { mode: 'plain' });
    this.setSecret('token', 't1');
    loopback.create(Deployment, shop('v1', options.env ?? environment));
  }

  /** Applies the shipped Role, and its binding, to the shop's namespace. */
  bindSecretTracking(): void {
    const files = ['config/rbac/secret_tracking_role.yaml', 'config/rbac/secret_tracking_role_binding.yaml'];
    for (const manifest of files.flatMap(readManifests)) {
      const { metadata } = manifest;
      const inNamespace = { ...manifest, metadata: { ...metadata, namespace: appKey.namespace } };
      this.sim.cluster.server.loopback.create(kindOf(inNamespace), inNamespace);
    }
  }

  /** The key of the checksums of Secrets, the same in each story: else revisions would have other ids in each. */
  makeTrackingKey(): void {
    const metadata = { namespace: operatorNamespace, name: trackingKeyName };
    const data = { key: Buffer.alloc(32, 7).toString('base64') };
    this.sim.cluster.server.loopback.create(Secret, { apiVersion: 'v1', kind: 'Secret', metadata, data });
  }

  /** Starts the operator, makes the CanaryApp, and waits until it is released. */
  async install(): Promise<void> {
    await this.sim.env.time.advance(5_000);
    this.#operator = this.sim.startOperator();
    this.createApp();
    await this.untilPhase('Released');
  }

  killOperator(): void {
    this.#operator?.kill();
  }

  /** A new operator process takes over. */
  async restart(): Promise<void> {
    this.killOperator();
    this.#operator = this.sim.startOperator();
    await this.sim.env.time.advance(2_000);
  }

  /** Makes an object that is not ours, or changes it. */
  createConfigMap(object: Pick<ConfigMap, 'metadata' | 'data' | 'immutable'>): void {
    this.sim.cluster.server.loopback.create(ConfigMap, { apiVersion: 'v1', kind: 'ConfigMap', ...object });
  }

  createApp(): void {
    this.sim.cluster.server.loopback.create(CanaryApp, {
      apiVersion: 'canary.atze.io/v1',
      kind: 'CanaryApp',
      metadata: appKey,
      spec: { ...spec, ...this.#options.spec },
    } as unknown as CanaryApp);
  }

  get app(): CanaryApp | undefined {
    return this.sim.cluster.server.loopback.get(CanaryApp, appKey);
  }

  get weight(): number | undefined {
    const routes = this.sim.cluster.server.loopback.get(VirtualService, appKey);
    return routes && weightOfHosts(routes, { primary: 'shop-primary', secondary: 'shop-canary' });
  }

  get primary(): Deployment | undefined {
    return this.sim.cluster.server.loopback.get(Deployment, named('shop-primary'));
  }

  condition(type: string): { readonly status: string; readonly reason: string; readonly message: string } | undefined {
    return this.app?.status?.conditions?.find((condition) => condition.type === type);
  }

  setConfigMap(
    name: string,
    data: Readonly<Record<string, string>>,
    annotations?: Readonly<Record<string, string>>,
  ): void {
    const { loopback } = this.sim.cluster.server;
    const live = loopback.get(ConfigMap, named(name));
    const metadata = { ...named(name), ...live?.metadata, ...(annotations === undefined ? {} : { annotations }) };
    const object: ConfigMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data };
    if (live === undefined) loopback.create(ConfigMap, object);
    else loopback.update(ConfigMap, object);
  }

  setSecret(name: string, value: string, type = 'Opaque'): void {
    const { loopback } = this.sim.cluster.server;
    const live = loopback.get(Secret, named(name));
    const data = { value: Buffer.from(value).toString('base64') };
    const object: Secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      type,
      metadata: { ...named(name), ...live?.metadata },
      data,
    };
    if (live === undefined) loopback.create(Secret, object);
    else loopback.update(Secret, object);
  }

  setTemplate(version: string, env: Container['env'] = environment): void {
    const { loopback } = this.sim.cluster.server;
    const live = loopback.get(Deployment, appKey);
    if (live === undefined) throw new Error('there is no Deployment shop');
    const template = shop(version, env).spec?.template;
    loopback.update(Deployment, { ...live, spec: { ...live.spec, template } } as Deployment);
  }

  configMap(name: string): ConfigMap['data'] {
    return this.sim.cluster.server.loopback.get(ConfigMap, named(name))?.data;
  }

  secret(name: string): string | undefined {
    const value = this.sim.cluster.server.loopback.get(Secret, named(name))?.data?.['value'];
    return value === undefined ? undefined : Buffer.from(value, 'base64').toString();
  }

  /** Names of ConfigMaps and Secrets in the shop's namespace, those of the cluster itself left out. */
  configNames(): readonly string[] {
    const { loopback } = this.sim.cluster.server;
    return [...loopback.list(ConfigMap), ...loopback.list(Secret)]
      .filter(({ metadata }) => metadata.namespace === 'default' && metadata.name !== 'kube-root-ca.crt')
      .map(({ kind, metadata }) => `${kind} ${metadata.name}`)
      .toSorted();
  }

  /** What the pods with this value of the label app answer now, by way of the ingress when there is none given. */
  async answer(): Promise<string> {
    const asked = this.sim.cluster.world.ingress.fetch({ host: 'shop', path: '/' });
    await this.sim.env.time.advance(100);
    return (await asked).body;
  }

  podsOf(app: string): readonly Pod[] {
    return this.sim.cluster.server.loopback.list(Pod).filter(({ metadata }) => metadata.labels?.['app'] === app);
  }

  async untilPhase(phase: string, limitMs = 600_000): Promise<void> {
    await this.sim.env.time.until(
      () => this.app?.status?.phase === phase && this.app.status.run === undefined,
      limitMs,
    );
  }

  /** Waits until a run has begun, and for its end. */
  async untilRun(phase: string): Promise<void> {
    await this.sim.env.time.until(() => this.app?.status?.run !== undefined, 60_000);
    await this.untilPhase(phase);
  }

  async untilWeight(atLeast: number): Promise<void> {
    await this.sim.env.time.until(() => (this.weight ?? 0) >= atLeast, 120_000);
  }

  /** Whether nothing of a release happens within a minute. */
  async staysAtRest(): Promise<boolean> {
    const before = this.primary?.metadata.generation;
    for (let second = 0; second < 60; second += 1) {
      await this.sim.env.time.advance(1_000);
      if (this.app?.status?.run !== undefined) return false;
    }
    return this.primary?.metadata.generation === before;
  }
}
