import type { ClusterConnection } from '@canaryop/reconcile/client';
import { noCredentials } from '@canaryop/reconcile/client';
import type { Logger, Transport } from '@canaryop/reconcile/env';
import { resourceKind } from '@canaryop/reconcile/object';
import { virtualEnv, type VirtualEnv } from '@canaryop/reconcile/testing';
import { validateObject } from '@canaryop/reconcile/validation';
import {
  createCluster,
  EmbeddedPrometheus,
  gatewayDefinitions,
  istioDefinitions,
  serviceAccountUser,
  type Cluster,
  type RequestRecord,
  type WorldOptions,
} from '@canaryop/simkube';
import { mortalTransport } from '@canaryop/testkit';

import { CanaryApp, type OwnedSpec } from '../../src/api/v1/canaryapp.ts';
import { createOperator, type OperatorOptions } from '../../src/operator.ts';
import { VirtualService } from '../../src/traffic/istio/kinds.ts';
import { weightOf } from '../../src/traffic/istio/routes.ts';
import { kindOf } from '../manifests/install.ts';
import { readManifests } from '../manifests/manifest-files.ts';
import { sampleSpec } from '../plan/tiny-world.ts';

const definitionKind = resourceKind({
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
});

const prometheusHost = 'prometheus.istio-system.svc:9090';
export const appKey = { namespace: 'default', name: 'demo' } as const;

/** Where config/ installs the operator, and who it is there. */
export const operatorNamespace = 'canaryop-system';
export const operatorAccount = serviceAccountUser(operatorNamespace, 'canaryop-controller-manager');

/** Who the operator is and what it may do, as config/ installs it. */
const rights = readManifests('config/install.yaml').filter(({ kind }) =>
  /^(Namespace|ServiceAccount|(Cluster)?Role(Binding)?)$/.test(kind),
);

/** How a simulated cluster differs from the usual one. */
export interface SimulationOptions {
  readonly seed?: number;
  readonly world?: Pick<WorldOptions, 'lags' | 'images'>;
  readonly istio?: boolean;
  /** Whether the Gateway API is there (default false). */
  readonly gatewayApi?: boolean;
  /** Wraps the operator's connection to the API server, for faults. */
  readonly wrap?: (transport: Transport) => Transport;
  /** Answers checks instead of the embedded Prometheus. */
  readonly provider?: Transport;
  readonly log?: Logger;
  /** Of the operator, beside what the simulation gives it. */
  readonly operator?: Pick<OperatorOptions, 'leaderElection' | 'namespaces' | 'registry' | 'trackingKey' | 'probes'> &
    Partial<Pick<OperatorOptions, 'addresses'>>;
}

/** How one operator process differs from the others of its simulation. */
export type OperatorProcessOptions = Pick<OperatorOptions, 'leaderElection' | 'registry'> &
  Pick<SimulationOptions, 'wrap'>;

/** One answered request of the steady traffic. */
export interface Answered {
  readonly at: number;
  readonly path: string;
  readonly status: number;
  readonly body: string;
}

/** An operator process. */
export interface RunningOperator {
  /** Ends it as kill -9 does: nothing more goes out, and no answer comes back. */
  kill(): void;
  /** Kills it, and waits until nothing of it is left. */
  stop(): Promise<void>;
}

/**
 * A cluster in virtual time with the operator in it, under the rights that config/ gives it, Prometheus scraping its
 * ingress, and steady requests.
 */
export class Simulation {
  readonly env: VirtualEnv;
  readonly cluster: Cluster;
  readonly prometheus: EmbeddedPrometheus;
  /** Requests of the operator, oldest first. */
  readonly requests: RequestRecord[] = [];
  readonly answers: Answered[] = [];
  readonly #options: SimulationOptions;
  #operators: RunningOperator[] = [];

  constructor(options: SimulationOptions = {}) {
    this.#options = options;
    this.env = virtualEnv({ seed: options.seed ?? 1, ...(options.log === undefined ? {} : { log: options.log }) });
    this.cluster = createCluster({
      env: this.env,
      istio: options.istio ?? true,
      gatewayApi: options.gatewayApi ?? false,
      apiServer: { definitions: [CanaryApp.crd()], onRequest: (record) => this.requests.push(record) },
      ...(options.world === undefined ? {} : { world: options.world }),
    });
    for (const manifest of rights) this.cluster.server.loopback.create(kindOf(manifest), manifest);
    this.prometheus = new EmbeddedPrometheus(this.env);
    this.prometheus.scraper.add({ job: 'ingress', instance: 'ingress', collect: () => this.cluster.world.collect() });
    this.prometheus.scraper.start();
  }

  /** Starts an operator process. `wrap` is for faults of its own connection only. */
  startOperator({ wrap = this.#options.wrap, ...options }: OperatorProcessOptions = {}): RunningOperator {
    const inner = this.cluster.server.transport(operatorAccount);
    const transport = mortalTransport(wrap?.(inner) ?? inner);
    const connection: ClusterConnection = { server: 'https://simkube', transport, credentials: noCredentials };
    const stopping = new AbortController();
    const operator = createOperator({
      env: this.env,
      connection,
      network: this.#options.provider ?? this.prometheus.transport(),
      resolve: () => Promise.resolve([]),
      // Nothing that is loaded comes in virtual time.
      validator: () => Promise.resolve(validateObject),
      addresses: {
        allowedHosts: [],
        resolve: new Map([[prometheusHost, { host: '127.0.0.1', port: 9090 }]]),
        refusedAddresses: [],
      },
      gracefulShutdownMs: 1,
      ...options,
      ...this.#options.operator,
    });
    let hasEnded = false;
    const ended = operator
      .start(stopping.signal)
      .catch(() => undefined)
      .finally(() => {
        hasEnded = true;
      });
    const kill = (): void => {
      transport.kill();
      stopping.abort();
    };
    const handle = {
      kill,
      stop: async () => {
        kill();
        // A leader tries to give its lease back, which takes a while without an answer.
        await this.env.time.until(() => hasEnded);
        await ended;
      },
    };
    this.#operators.push(handle);
    return handle;
  }

  createApp(spec: Partial<OwnedSpec> = {}, name: string = appKey.name): void {
    this.cluster.server.loopback.create(CanaryApp, {
      apiVersion: 'canary.atze.io/v1',
      kind: 'CanaryApp',
      metadata: { ...appKey, name },
      spec: { ...sampleSpec, ...spec },
    });
  }

  /** Installs the Gateway API's kinds into a cluster that was started without. */
  installGatewayApi(): void {
    for (const definition of gatewayDefinitions()) this.cluster.server.loopback.create(definitionKind, definition);
  }

  /** Installs Istio's kinds into a cluster that was started without. */
  installIstio(): void {
    for (const definition of istioDefinitions()) this.cluster.server.loopback.create(definitionKind, definition);
  }

  get app(): CanaryApp {
    const app = this.cluster.server.loopback.get(CanaryApp, appKey);
    if (app === undefined) throw new Error('there is no CanaryApp demo');
    return app;
  }

  get weight(): number | undefined {
    const live = this.cluster.server.loopback.get(VirtualService, appKey);
    return live && weightOf(live);
  }

  edit(spec: Partial<OwnedSpec>): void {
    const { app } = this;
    this.cluster.server.loopback.update(CanaryApp, { ...app, spec: { ...app.spec, ...spec } });
  }

  /** Sends a request to `path` each `everyMs`, until the returned function is called. */
  sendRequests(path: string, everyMs = 50): () => void {
    let cancel = (): void => undefined;
    const next = (): void => {
      cancel = this.env.timers.schedule(everyMs, () => {
        const at = this.env.clock.now();
        void this.cluster.world.ingress.fetch({ host: 'localhost:8090', path }).then(({ status, body }) => {
          this.answers.push({ at, path, status, body });
        });
        next();
      });
    };
    next();
    return () => {
      cancel();
    };
  }

  failures(path = '/hello'): readonly Answered[] {
    return this.answers.filter((answer) => answer.path === path && answer.status !== 200);
  }

  /** Moves time until the application is at rest with this image released or refused. */
  async untilPhase(phase: string, limitMs = 900_000): Promise<void> {
    await this.env.time.until(
      () => this.app.status?.phase === phase && this.app.status.observedGeneration === this.app.metadata.generation,
      limitMs,
    );
  }

  /** Kills every operator process. */
  async stopOperators(): Promise<void> {
    for (const operator of this.#operators) await operator.stop();
    this.#operators = [];
  }

  async stop(): Promise<void> {
    await this.stopOperators();
    this.prometheus.scraper.stop();
    await this.cluster.stop();
  }
}
