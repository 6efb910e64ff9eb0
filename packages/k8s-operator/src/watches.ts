import { createCache, type Cache, type Lister } from '@canaryop/reconcile/cache';
import {
  createClient,
  discoverKind,
  type ApiRequestContext,
  type ClusterConnection,
  type ResourceNames,
} from '@canaryop/reconcile/client';
import { Controller, type ReconcileServices } from '@canaryop/reconcile/controller';
import { sleep, type Env } from '@canaryop/reconcile/env';
import type { KubernetesObject, ResourceKind } from '@canaryop/reconcile/object';
import { exponentialBackoff } from '@canaryop/reconcile/queue';

import type { DueEvent } from './due-event.ts';
import type { HandlerSlots } from './handler-slots.ts';
import { ResourceWriter } from './resource-writer.ts';
import { WatchedResource } from './watched-resource.ts';

/** Owner of the fields that are written, and the User-Agent. */
const fieldManager = 'k8s-operator';

/** One resource to watch, and who hears of it. */
export interface Watch extends ResourceNames {
  /** `plural.group/version`, which names it in logs. */
  readonly id: string;
  /** Absent: all namespaces. */
  readonly namespace: string | undefined;
  /** @param lister the newest states in memory. */
  handle(event: DueEvent, kind: ResourceKind, lister: Lister<KubernetesObject>): Promise<void>;
}

/** What watches are made of. */
export interface WatchesOptions {
  readonly env: Env;
  readonly slots: HandlerSlots;
  readonly connection: ClusterConnection;
  /** Whether the connection ends with the watches, because nobody else has it. */
  readonly isConnectionOwn: boolean;
}

/** Everything that an operator watches: one cache, and for each watch a controller. They end together. */
export class Watches {
  readonly writer: ResourceWriter;
  readonly #options: WatchesOptions;
  readonly #context: ApiRequestContext;
  readonly #cache: Cache;
  readonly #services: ReconcileServices;
  readonly #stopping = new AbortController();
  readonly #runs: Promise<void>[];

  constructor(options: WatchesOptions) {
    const { env, connection } = options;
    this.#options = options;
    this.#context = { env, connection, userAgent: fieldManager };
    this.#cache = createCache({ env, connection, fieldManager });
    const client = createClient({ env, connection, fieldManager, observe: (write) => this.#cache.observe(write) });
    this.writer = new ResourceWriter({ context: this.#context, client, cache: this.#cache });
    this.#services = {
      client,
      events: { event: () => undefined },
      lister: (kind) => this.#cache.informer(kind).lister,
    };
    this.#runs = [this.#cache.start(this.#stopping.signal)];
  }

  get isStopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  /** Watches until `stop`. What the server does meanwhile, and whether it serves the resource yet, is waited for. */
  add(watch: Watch): void {
    const run = this.#run(watch).catch((error: unknown) => {
      this.#options.env.log.error(`watch on resource ${watch.id} has ended`, { error });
    });
    this.#runs.push(run);
  }

  /** Begins no handler any more, and lets those that run end. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#runs);
    if (this.#options.isConnectionOwn) await this.#options.connection.transport.close();
  }

  async #run(watch: Watch): Promise<void> {
    const { env, slots } = this.#options;
    const kind = await this.#discovered(watch);
    if (kind === undefined) return;
    const { namespace } = watch;
    const informer = this.#cache.informer(kind, namespace === undefined ? {} : { namespace });
    const resource = new WatchedResource(informer);
    const controller = new Controller({
      name: watch.id,
      env,
      workers: slots.count,
      sources: resource.sources(env),
      services: this.#services,
      // The original lets a handler take as long as it takes, and starts no other.
      reconcileTimeoutMs: Infinity,
      reconcile: (key, { signal }) =>
        slots.run(async () => {
          if (!signal.aborted) await resource.tell(key, (event) => watch.handle(event, kind, informer.lister));
        }),
    });
    await controller.start(this.#stopping.signal);
  }

  /** Undefined when it is stopped first. */
  async #discovered(watch: Watch): Promise<ResourceKind | undefined> {
    const { env } = this.#options;
    const { signal } = this.#stopping;
    const backoff = exponentialBackoff({ baseMs: 800, maxMs: 30_000 });
    while (!signal.aborted) {
      try {
        const kind = await discoverKind(this.#context, watch, signal);
        if (kind !== undefined) return kind;
        env.log.warn(`resource ${watch.id} is not served yet, waiting for it`);
      } catch (error) {
        if (signal.aborted) return undefined;
        env.log.warn(`resource ${watch.id} can't be looked up yet, trying again`, { error });
      }
      await sleep(env.timers, backoff.nextDelayMs(watch.id), signal);
    }
    return undefined;
  }
}
