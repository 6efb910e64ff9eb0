import { createCache, type Cache, type InformerOptions } from '../cache/informer-cache.ts';
import type { Informer } from '../cache/cache.ts';
import type { Client } from '../client/client.ts';
import { buildController, type ControllerDefinition } from '../controller/builder.ts';
import type { Controller, ControllerMetrics } from '../controller/controller.ts';
import { declaredPermissions } from '../controller/declared-permissions.ts';
import type { Permission } from '../rbac/permission.ts';
import type { Env } from '../env/env.ts';
import { aborted } from '../env/timers.ts';
import { EventWriter, type EventRecorder } from '../events/event-recorder.ts';
import type { Check } from '../health/checks.ts';
import { clientMetrics } from '../metrics/client-metrics.ts';
import { controllerMetrics } from '../metrics/controller-metrics.ts';
import { metricsRegistry, type MetricsRegistry } from '../metrics/registry.ts';
import type { KubernetesObject } from '../object/object.ts';
import { type ResourceKind } from '../object/resource-kind.ts';
import { createCluster, type Cluster, type ClusterOptions } from './cluster.ts';
import { publishStart } from './manager-start.ts';
import type { WebhookServer } from '../webhook/webhook-server.ts';
import { eventPermissions } from './operator-permissions.ts';
import { ManagedCaches } from './managed-caches.ts';
import { Endpoints, type Ports, type ServerDefinition } from './endpoints.ts';
import { leadership, LeadershipLostError, type Leadership } from './leadership.ts';
import { ManagedRunnables } from './managed-runnables.ts';
import type { Manager } from './manager.ts';
import type { ManagerOptions } from './manager-options.ts';
import { reviewPermissions } from './review-permissions.ts';
import { RunnableGroup } from './runnable-group.ts';
import type { Runnable } from './runnable.ts';
import { webhookServer } from './webhooks.ts';

/** Makes a manager. Nothing happens before `start`. */
export function createManager(options: ManagerOptions): Manager {
  return new ControllerManager(options);
}

class ControllerManager implements Manager {
  readonly env: Env;
  readonly client: Client;
  readonly cache: Cache;
  readonly events: EventRecorder;
  readonly registry: MetricsRegistry;
  readonly #options: ManagerOptions;
  readonly #leadership: Leadership;
  readonly #eventWriter: EventWriter;
  readonly #metricsOf: (controller: string) => ControllerMetrics;
  readonly #endpoints: Endpoints;
  readonly #servers: ServerDefinition[] = [];
  readonly #webhooks: WebhookServer | undefined;
  readonly #runnables: ManagedRunnables;
  readonly #caches: ManagedCaches;
  readonly #permissions: Permission[] = [];
  readonly #healthz = new Map<string, Check>([['ping', () => undefined]]);
  readonly #readyz = new Map<string, Check>();
  /** Aborts at the first reason to stop. */
  readonly #stopping = new AbortController();
  #isStarted = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(options: ManagerOptions) {
    const { env, connection, fieldManager, namespaces = [], kinds = [], instance = fieldManager } = options;
    this.#options = options;
    this.env = env;
    this.registry = options.registry ?? metricsRegistry();
    const onRequest = clientMetrics(this.registry);
    this.cache = createCache({ env, connection, fieldManager, namespaces, kinds, onRequest });
    this.#leadership = leadership(
      {
        env,
        connection,
        fieldManager,
        onRequest,
        observe: (write) => {
          this.cache.observe(write);
        },
        ...(options.requestTimeoutMs === undefined ? {} : { timeoutMs: options.requestTimeoutMs }),
      },
      {
        instance,
        registry: this.registry,
        drainMs: this.#graceMs,
        ...(options.leaderElection === undefined ? {} : { election: options.leaderElection }),
        ...(options.sharding === undefined ? {} : { sharding: options.sharding }),
      },
    );
    this.client = this.#leadership.client;
    this.#eventWriter = new EventWriter({
      env,
      client: this.#leadership.freeClient,
      component: fieldManager,
      instance,
    });
    this.events = this.#eventWriter;
    this.#metricsOf = controllerMetrics(this.registry);
    this.#endpoints = new Endpoints(env);
    this.#caches = new ManagedCaches(this.cache);
    this.#checkCaches();
    this.#runnables = new ManagedRunnables({
      env,
      drainMs: this.#graceMs,
      isSharded: this.#leadership.shards !== undefined,
      build: (definition) => this.#controller(definition),
    });
    this.#webhooks = webhookServer(options, {
      registry: this.registry,
      metricsOf: this.#metricsOf,
      ports: this.#endpoints.ports,
      reader: this.#leadership.freeClient,
    });
    if (this.#webhooks !== undefined) this.#readyz.set('webhooks', () => this.#webhooks?.problem);
    this.#readyz.set('running', () => (this.#stopping.signal.aborted ? 'stopping' : undefined));
  }

  get isLeader(): boolean {
    const { elector, shards } = this.#leadership;
    return shards === undefined ? (elector?.isLeader ?? true) : this.shards.length > 0;
  }

  get shards(): readonly number[] {
    return this.#leadership.shards?.owned.held ?? [];
  }

  get ports(): Readonly<Ports> {
    return this.#endpoints.ports;
  }

  informer<T extends KubernetesObject>(kind: ResourceKind<T>, options?: InformerOptions<T>): Informer<T> {
    return this.cache.informer(kind, options);
  }

  add(what: ControllerDefinition | Runnable): void {
    if (this.#isStarted) throw new Error(`${what.name} was added to a manager that has started; add it before`);
    this.#runnables.add(what);
  }

  addCluster(options: ClusterOptions): Cluster {
    if (this.#isStarted)
      throw new Error(`cluster ${options.name} was added to a manager that has started; add it before`);
    const cluster = createCluster(options, this.#leadership.clientOptions);
    this.#caches.add(cluster.name, cluster.cache, options.isOptional ?? false);
    this.#checkCaches();
    return cluster;
  }

  async reload(definitions: readonly ControllerDefinition[]): Promise<void> {
    await this.#runnables.reload(definitions);
  }

  addServer(server: ServerDefinition): void {
    if (this.#isStarted) throw new Error(`${server.name} was added to a manager that has started; add it before`);
    this.#servers.push(server);
  }

  addHealthCheck(name: string, check: Check): void {
    this.#healthz.set(name, check);
  }

  addReadyCheck(name: string, check: Check): void {
    this.#readyz.set(name, check);
  }

  async start(signal: AbortSignal): Promise<void> {
    if (this.#isStarted) throw new Error('the manager has been started before');
    this.#isStarted = true;
    publishStart({ manager: this, controllers: this.#runnables.declared });
    const stop = (): void => {
      this.#stopping.abort(signal.reason);
    };
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    const groups = ['leader', 'others', 'events', 'caches'].map(() => new RunnableGroup(this.#fail));
    try {
      await this.#startAll(groups);
      await aborted(this.#stopping.signal);
    } catch (error) {
      this.#fail(error);
    }
    signal.removeEventListener('abort', stop);
    await this.#stopAll(groups);
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #checkCaches(): void {
    for (const [name, check] of this.#caches.checks()) this.#readyz.set(name, check);
  }

  #controller(definition: ControllerDefinition): Controller {
    this.#caches.allowMissing(definition.optional);
    this.#permissions.push(...declaredPermissions(definition));
    const { client, freeClient, shards } = this.#leadership;
    return buildController(definition, {
      env: this.env,
      informers: this,
      services: { client: definition.needsLeaderElection ? client : freeClient, events: this.events },
      metrics: this.#metricsOf(definition.name),
      checkIdempotence: this.#options.checkIdempotence ?? false,
      ...(shards === undefined || !definition.needsLeaderElection ? {} : { shards: shards.owned }),
    });
  }

  async #startAll(groups: readonly RunnableGroup[]): Promise<void> {
    const [leader, others, events, caches] = groups;
    if (leader === undefined || others === undefined || events === undefined || caches === undefined) return;
    await this.#serve(this.#stopping.signal);
    // First: a list of a kind with conversions comes only when they are answered.
    if (this.#webhooks !== undefined) caches.start(this.#webhooks);
    this.#caches.start(caches);
    events.start(this.#eventWriter);
    if (this.#options.checkPermissions === true)
      events.start({ name: 'permissions', start: (signal) => this.#reviewPermissions(signal) });
    await this.#caches.synced(this.env, this.#stopping.signal);
    if (this.#stopping.signal.aborted) return;
    this.#runnables.startEverywhere(others);
    leader.start({ name: 'leader election', start: (signal) => this.#lead(signal) });
  }

  async #serve(signal: AbortSignal): Promise<void> {
    const { probes, metrics } = this.#options;
    const { freeClient } = this.#leadership;
    if (probes !== undefined)
      await this.#endpoints.serveProbes(probes.address, { healthz: this.#healthz, readyz: this.#readyz });
    if (metrics !== undefined) await this.#endpoints.serveMetrics(metrics, this.registry, freeClient, signal);
    for (const server of this.#servers) await this.#endpoints.serve(server, freeClient, signal);
  }

  async #reviewPermissions(signal: AbortSignal): Promise<void> {
    const { namespaces = [] } = this.#options;
    const needed = [...this.#permissions, ...eventPermissions];
    // Whoever may do it everywhere may do it in any namespace.
    const where = namespaces.length > 0 ? namespaces : ['default'];
    const { freeClient: client } = this.#leadership;
    await reviewPermissions({ client, log: this.env.log }, needed, where, signal);
  }

  async #lead(signal: AbortSignal): Promise<void> {
    const { elector } = this.#leadership;
    if (elector === undefined) {
      await this.#runLeaderWork(signal);
      return;
    }
    const end = await elector.run(signal, (leading) => this.#runLeaderWork(leading));
    if (end === 'lost') throw new LeadershipLostError('the lease was lost; the process must start anew');
  }

  /** Whether all of it had ended in time. */
  async #runLeaderWork(signal: AbortSignal): Promise<boolean> {
    const work = new RunnableGroup(this.#fail);
    this.#runnables.startLeading(work);
    const { shards } = this.#leadership;
    if (shards !== undefined) work.start({ name: 'shards', start: (until) => shards.keeper.run(until) });
    await aborted(signal);
    this.#runnables.endLeading();
    const unfinished = await work.stop(this.env, this.env.clock.monotonic() + this.#graceMs);
    this.#reportUnfinished(unfinished);
    return unfinished.length === 0;
  }

  get #graceMs(): number {
    return this.#options.gracefulShutdownMs ?? 30_000;
  }

  async #stopAll(groups: readonly RunnableGroup[]): Promise<void> {
    this.env.log.info('stopping');
    const deadlineMs = this.env.clock.monotonic() + this.#graceMs;
    // The leader's work gives up at the deadline itself; a little more lets it say so, and the lease be released.
    for (const group of groups) this.#reportUnfinished(await group.stop(this.env, deadlineMs + 2500));
    await this.#endpoints.close();
    this.env.log.info('stopped');
  }

  #reportUnfinished(names: readonly string[]): void {
    if (names.length === 0) return;
    const error = new Error(`not ended within ${this.#graceMs} ms of the stop: ${names.join(', ')}`);
    this.#fail(error);
    this.#failure ??= { error };
  }

  /** The first error stops the manager and is what `start` rejects with; errors while stopping are only logged. */
  readonly #fail = (error: unknown): void => {
    if (this.#stopping.signal.aborted) {
      this.env.log.warn('failed while stopping', { error });
      return;
    }
    this.#failure = { error };
    this.env.log.error('failed; stopping', { error });
    this.#stopping.abort(error);
  };
}
