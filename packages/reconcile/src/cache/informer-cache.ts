import type { Env } from '../env/env.ts';
import { aborted } from '../env/timers.ts';
import type { FieldPath } from '../object/field-manager.ts';
import { jsonEqual } from '../object/json.ts';
import type { KubernetesObject } from '../object/object.ts';
import { groupResourceOf, type ResourceKind } from '../object/resource-kind.ts';
import type { ApiRequestContext, RequestInfo } from '../client/api-request.ts';
import type { ClusterConnection } from '../client/cluster-connection.ts';
import type { ObservedWrite } from '../client/observed-write.ts';
import type { Informer } from './cache.ts';
import type { IndexFunction } from './indexer.ts';
import { SharedInformer } from './informer.ts';
import { ReconnectBudget } from './reconnect-budget.ts';
import type { WatchScope } from './reflector.ts';
import { UnionInformer } from './union-informer.ts';

/** What a cache is made of. */
export interface CacheOptions {
  readonly env: Env;
  readonly connection: ClusterConnection;
  /** Whose managedFields are kept; the others' are dropped before an object is stored. The client's field manager. */
  readonly fieldManager: string;
  /**
   * The only namespaces that are watched, each by itself, for installations with a Role in each of them. It concerns
   * namespaced kinds whose informer names no namespace. Absent or empty: the whole cluster.
   */
  readonly namespaces?: readonly string[];
  /** What is kept of a kind, and how, wherever it is asked for without a selection of its own: see `cacheOf`. */
  readonly kinds?: readonly KindCache[];
  /** @default the field manager */
  readonly userAgent?: string;
  /** A list or watch without a byte for this long is dead. Longer than the minute between bookmarks. @default 75000 */
  readonly idleTimeoutMs?: number;
  /**
   * Take the first list as a part of the watch where the server can (KEP-3157, on by default since Kubernetes 1.32):
   * one request instead of two, and far less memory on the server. Elsewhere lists come in pages of 500. @default true
   */
  readonly streamingLists?: boolean;
  /** Told of every list and watch that was answered or failed, for metrics. */
  readonly onRequest?: (info: RequestInfo) => void;
}

/** Which objects of a kind an informer keeps, and how. */
export interface InformerOptions<T extends KubernetesObject> extends WatchScope {
  /** Indexes by name, for `lister.byIndex`. */
  readonly indexes?: Readonly<Record<string, IndexFunction<T>>>;
  /**
   * Makes an object smaller before it is stored. Must not change it (frozen or not), only return another. What it drops
   * is invisible to writes: a desired field is sent by each `apply`, a patch that removes one is not sent.
   */
  readonly transform?: (object: T) => T;
  /**
   * Fields of which it matters who set them, for `lastManagerOf`. Of the managedFields of others nothing else is kept.
   * @default none
   */
  readonly managersOf?: readonly FieldPath[];
}

/** What a cache keeps of one kind. */
export interface KindCache {
  readonly kind: ResourceKind;
  readonly options: InformerOptions<never>;
  /** Instead of the cache's own. */
  readonly namespaces: readonly string[] | undefined;
}

/**
 * Says what a cache keeps of a kind for whoever declares it: `cacheOf(Secret, { labelSelector: 'app=web' })`. A controller
 * that reads the kind sees the selection, and nothing else.
 * @param options.namespaces instead of those of the manager.
 */
export function cacheOf<T extends KubernetesObject>(
  kind: ResourceKind<T>,
  { namespaces, ...options }: InformerOptions<T> & { readonly namespaces?: readonly string[] },
): KindCache {
  // Only who declares this very kind gets it back, with this type.
  return { kind, options: options as unknown as InformerOptions<never>, namespaces };
}

/** All kinds that a process keeps in memory. A kind is in it only because it was declared: nothing is watched by accident. */
export interface Cache {
  /**
   * The informer of a kind in a scope, made at the first call; the same call again reads the same memory, with the
   * indexes of both. It starts with the cache, or now if the cache runs. Throws when the same kind and scope is asked for with
   * another transform, or an index name with another function. `metadataOnly(kind)` is another kind than `kind`.
   */
  informer<T extends KubernetesObject>(kind: ResourceKind<T>, options?: InformerOptions<T>): Informer<T>;
  /** Runs every informer, also those declared later, until `signal` aborts; then all have ended. Once only. */
  start(signal: AbortSignal): Promise<void>;
  /** Waits until every informer declared so far has its first list. False when `signal` aborted first. */
  synced(signal?: AbortSignal): Promise<boolean>;
  /** Shows an answered write at once, to whoever reads: give it to `createClient` as `observe`. */
  observe(write: ObservedWrite): void;
  /** Every informer, for readiness and metrics. */
  informers(): readonly Informer<KubernetesObject>[];
}

/** An empty cache. It does nothing before `start`. */
export function createCache(options: CacheOptions): Cache {
  const { env, connection, fieldManager, onRequest } = options;
  const userAgent = options.userAgent ?? fieldManager;
  const context: ApiRequestContext = { env, connection, userAgent, pool: 'watches', onRequest };
  const { idleTimeoutMs = 75_000, streamingLists = true, namespaces = [], kinds = [] } = options;
  const shared = { context, fieldManager, idleTimeoutMs, streamingLists, reconnects: new ReconnectBudget(env) };
  const informers = new Map<string, AnyInformer>();
  const running = new RunningInformers();
  const scopedInformer = <T extends KubernetesObject>(
    kind: ResourceKind<T>,
    { indexes, transform, managersOf, ...scope }: InformerOptions<T>,
  ): Informer<T> => {
    const id = scopeId(kind, scope);
    // The id contains the kind, so what is stored under it was made for T.
    let informer = informers.get(id) as SharedInformer<T> | undefined;
    if (informer === undefined) {
      informer = new SharedInformer({ ...shared, kind, scope, transform, managersOf });
      informers.set(id, informer as unknown as AnyInformer);
      running.add(informer);
    } else if (transform !== undefined && transform !== informer.transform) {
      throw new Error(`${groupResourceOf(kind)}: there is an informer of this scope with another transform`);
    } else if (managersOf !== undefined && !jsonEqual(managersOf, informer.managersOf)) {
      throw new Error(`${groupResourceOf(kind)}: there is an informer of this scope that keeps other managers`);
    }
    for (const [name, of] of Object.entries(indexes ?? {})) informer.addIndex(name, of);
    return informer;
  };
  return {
    informer<T extends KubernetesObject>(kind: ResourceKind<T>, wanted: InformerOptions<T> = {}): Informer<T> {
      const special = isSelected(wanted) ? undefined : kinds.find((each) => isSameKind(each.kind, kind));
      // What is stored under a kind was declared with its type.
      const which = { ...(special?.options as InformerOptions<T> | undefined), ...wanted };
      const within = special?.namespaces ?? namespaces;
      if (!kind.namespaced || which.namespace !== undefined || within.length === 0) {
        return scopedInformer(kind, which);
      }
      const members = within.map((namespace) => [namespace, scopedInformer(kind, { ...which, namespace })] as const);
      const [only, ...others] = members;
      return only !== undefined && others.length === 0 ? only[1] : new UnionInformer(kind, new Map(members));
    },
    start: (signal) => running.start(informers.values(), signal),
    synced: (signal) => allSynced([...informers.values()], signal),
    observe(write) {
      for (const informer of informers.values()) {
        if (isSameResource(informer.kind, write.kind)) informer.observe(write);
      }
    },
    informers: () => [...informers.values()],
  };
}

type AnyInformer = SharedInformer<KubernetesObject>;

interface Runnable {
  run(signal: AbortSignal): Promise<void>;
}

/** Starts informers together, and each later one as it comes. */
class RunningInformers {
  #signal: AbortSignal | undefined;
  readonly #runs: Promise<void>[] = [];

  async start(informers: Iterable<Runnable>, signal: AbortSignal): Promise<void> {
    if (this.#signal !== undefined) throw new Error('the cache has been started before');
    this.#signal = signal;
    for (const informer of informers) this.add(informer);
    await aborted(signal);
    await Promise.all(this.#runs);
  }

  add(informer: Runnable): void {
    if (this.#signal !== undefined) this.#runs.push(informer.run(this.#signal));
  }
}

function scopeId(kind: ResourceKind, scope: WatchScope): string {
  const { group, version, plural, metadataOnly = false } = kind;
  const { namespace = '', labelSelector = '', fieldSelector = '' } = scope;
  return JSON.stringify([group, version, plural, metadataOnly, namespace, labelSelector, fieldSelector]);
}

function isSelected({ namespace, labelSelector, fieldSelector }: WatchScope): boolean {
  return namespace !== undefined || labelSelector !== undefined || fieldSelector !== undefined;
}

function isSameKind(left: ResourceKind, right: ResourceKind): boolean {
  return isSameResource(left, right) && (left.metadataOnly ?? false) === (right.metadataOnly ?? false);
}

function isSameResource(left: ResourceKind, right: ResourceKind): boolean {
  return left.plural === right.plural && left.group === right.group && left.version === right.version;
}

function allSynced(informers: readonly AnyInformer[], signal: AbortSignal | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    let waiting = informers.length;
    const stops: (() => void)[] = [];
    const finish = (outcome: boolean): void => {
      for (const stop of stops) stop();
      signal?.removeEventListener('abort', onAbort);
      resolve(outcome);
    };
    const onAbort = (): void => finish(false);
    if (signal?.aborted === true) return finish(false);
    if (waiting === 0) return finish(true);
    signal?.addEventListener('abort', onAbort, { once: true });
    for (const informer of informers) {
      stops.push(
        informer.onSynced(() => {
          waiting -= 1;
          if (waiting === 0) finish(true);
        }),
      );
    }
    return undefined;
  });
}
