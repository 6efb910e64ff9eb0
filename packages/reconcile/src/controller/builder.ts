import type { Informer } from '../cache/cache.ts';
import type { Env } from '../env/env.ts';
import type { KubernetesObject } from '../object/object.ts';
import { groupResourceOf, type ResourceKind } from '../object/resource-kind.ts';
import type { Permission } from '../rbac/permission.ts';
import type { RateLimiter } from '../queue/rate-limiter.ts';
import type { KeyShards } from '../sharding/owned-shards.ts';
import { enqueueOwner, enqueueSelf, type EventHandler } from '../watch/event-handler.ts';
import type { Predicate } from '../watch/predicate.ts';
import { resyncSource } from '../watch/resync-source.ts';
import { informerSource, type Source } from '../watch/source.ts';
import { Controller, type ControllerMetrics } from './controller.ts';
import type { Dependents } from './dependents/dependent.ts';
import { checkIdempotence } from './idempotence/check-idempotence.ts';
import type { Reconciler, ReconcileServices } from './reconciler.ts';

/** Gives the one informer of a kind, the same for every caller. A cache is one. */
export interface Informers {
  informer<T extends KubernetesObject>(kind: ResourceKind<T>): Informer<T>;
}

/** Makes a source once there is an environment to run in. */
export type SourceFactory = (env: Env) => Source;

/** One kind that a controller reads. */
export interface WatchDefinition {
  readonly kind: ResourceKind;
  readonly role: 'for' | 'owns' | 'watches' | 'reads';
  /** Undefined for a kind that is only read. */
  readonly source: ((informers: Informers, isOptional: boolean) => Source) | undefined;
}

/** A controller as declared, before it has a cluster. */
export interface ControllerDefinition {
  readonly name: string;
  readonly watches: readonly WatchDefinition[];
  readonly sources: readonly (Source | SourceFactory)[];
  /** Kinds that may not be installed. */
  readonly optional: readonly ResourceKind[];
  /** What it does beside what follows from the rest: see `declaredPermissions`. */
  readonly permissions: readonly Permission[];
  readonly workers: number;
  readonly reconcile: Reconciler;
  readonly reconcileTimeoutMs: number | undefined;
  readonly rateLimiter: (() => RateLimiter) | undefined;
  readonly needsLeaderElection: boolean;
  /** How often every object is reconciled without a reason, in milliseconds; Infinity: never. */
  readonly resyncMs: number;
}

/** Declares a controller step by step. Immutable: each call returns a new builder. */
export interface ControllerBuilder {
  /** The kind that is reconciled: a change of an object enqueues it. */
  for<T extends KubernetesObject>(kind: ResourceKind<T>, ...predicates: readonly Predicate<T>[]): ControllerBuilder;
  /** A kind that it creates: a change enqueues the object of the `for` kind that is its controller owner. */
  owns<T extends KubernetesObject>(kind: ResourceKind<T>, ...predicates: readonly Predicate<T>[]): ControllerBuilder;
  /**
   * Children that `reconcileDependents` looks after: it owns their kinds, may delete them, and may patch the `for` kind
   * where they have a finalizer.
   */
  dependents<T extends KubernetesObject>(children: Dependents<T>): ControllerBuilder;
  /** Another kind: a change enqueues what `handler` finds. */
  watches<T extends KubernetesObject>(
    kind: ResourceKind<T>,
    handler: EventHandler<T>,
    ...predicates: readonly Predicate<T>[]
  ): ControllerBuilder;
  /** A kind whose changes enqueue nothing, but which reconciles read from the cache. */
  reads(kind: ResourceKind): ControllerBuilder;
  /**
   * Of the declared kinds, those whose CRD may be missing: workers do not wait for them, and readiness does not depend
   * on them. Until such a kind is served, its lister is empty.
   */
  optional(...kinds: readonly ResourceKind[]): ControllerBuilder;
  /**
   * What it also does, and has to be allowed: to delete what it owns, to patch the object itself for a finalizer, to read
   * what no cache holds. Roles are made of all that is declared (`operatorPermissions`).
   */
  may(...permissions: readonly Permission[]): ControllerBuilder;
  /** Keys from elsewhere: a `channelSource`, a `pollingSource`, or the informer of another cluster (`informerSource`). */
  from(source: Source | SourceFactory): ControllerBuilder;
  /** Reconciles at the same time, each of another key. @default 1 */
  workers(count: number): ControllerBuilder;
  /** @default 300_000 */
  reconcileTimeout(milliseconds: number): ControllerBuilder;
  /** @default per-key exponential back-off, 5 ms to 1000 s */
  rateLimiter(create: () => RateLimiter): ControllerBuilder;
  /**
   * Reconciles every object of the `for` kind this often even if nothing changes, give or take a tenth. Infinity: never.
   * @default 36_000_000 (10 hours, as in controller-runtime)
   */
  resync(milliseconds: number): ControllerBuilder;
  /** Runs on every replica, not on the leader only. Such a controller must not write what the leader writes. */
  withoutLeaderElection(): ControllerBuilder;
  /** Ends the declaration. Throws when there is no `for` and no other source. */
  reconcile(reconciler: Reconciler): ControllerDefinition;
}

/**
 * Declares a controller: `controller('website').for(Website).owns(Deployment).reconcile(async (request, context) => ...)`.
 * @param name unique in the process; it labels metrics and log lines.
 */
export function controller(name: string): ControllerBuilder {
  return builderOf({
    name,
    watches: [],
    sources: [],
    optional: [],
    permissions: [],
    workers: 1,
    reconcile: () => Promise.resolve(),
    reconcileTimeoutMs: undefined,
    rateLimiter: undefined,
    needsLeaderElection: true,
    resyncMs: 36_000_000,
  });
}

function builderOf(definition: ControllerDefinition): ControllerBuilder {
  const also = (more: Partial<ControllerDefinition>): ControllerBuilder => builderOf({ ...definition, ...more });
  const watch = (added: WatchDefinition): ControllerBuilder => also({ watches: [...definition.watches, added] });
  return {
    for: (kind, ...predicates) => watch({ kind, role: 'for', source: sourceOf(kind, enqueueSelf, predicates) }),
    owns: (kind, ...predicates) =>
      watch({ kind, role: 'owns', source: sourceOf(kind, enqueueOwner(primaryOf(definition)), predicates) }),
    dependents: (children) =>
      owning(also({ permissions: [...definition.permissions, ...permissionsFor(children)] }), definition, children),
    watches: (kind, handler, ...predicates) =>
      watch({ kind, role: 'watches', source: sourceOf(kind, handler, predicates) }),
    reads: (kind) => watch({ kind, role: 'reads', source: undefined }),
    optional: (...kinds) => also({ optional: [...definition.optional, ...kinds] }),
    may: (...permissions) => also({ permissions: [...definition.permissions, ...permissions] }),
    from: (source) => also({ sources: [...definition.sources, source] }),
    workers: (workers) => also({ workers }),
    reconcileTimeout: (reconcileTimeoutMs) => also({ reconcileTimeoutMs }),
    rateLimiter: (rateLimiter) => also({ rateLimiter }),
    resync: (resyncMs) => also({ resyncMs }),
    withoutLeaderElection: () => also({ needsLeaderElection: false }),
    reconcile(reconcile) {
      const isWoken = definition.sources.length > 0 || definition.watches.some(({ source }) => source !== undefined);
      if (!isWoken) throw new Error(`controller ${definition.name}: nothing would ever enqueue a key; call for(kind)`);
      return { ...definition, reconcile };
    },
  };
}

function sourceOf<T extends KubernetesObject>(
  kind: ResourceKind<T>,
  handler: EventHandler<T>,
  predicates: readonly Predicate<T>[],
): WatchDefinition['source'] {
  return (informers, isOptional) => informerSource(informers.informer(kind), handler, { predicates, isOptional });
}

/** Owns the kinds of children that are not owned already. */
function owning(
  builder: ControllerBuilder,
  definition: ControllerDefinition,
  { primary, kinds }: Dependents,
): ControllerBuilder {
  const kind = primaryOf(definition);
  if (groupResourceOf(kind) !== groupResourceOf(primary))
    throw new Error(
      `controller ${definition.name} is for ${kind.kind}, and its dependents are those of ${primary.kind}`,
    );
  const owned = new Set(definition.watches.filter(({ role }) => role === 'owns').map((watch) => readingOf(watch.kind)));
  return kinds.filter((each) => !owned.has(readingOf(each))).reduce((built, each) => built.owns(each), builder);
}

function permissionsFor({ primary, kinds, finalizer }: Dependents): readonly Permission[] {
  return [
    ...kinds.map((resource): Permission => ({ resource, verbs: ['delete'] })),
    ...(finalizer === undefined ? [] : [{ resource: primary, verbs: ['patch'] } as const]),
  ];
}

function primaryOf({ name, watches }: ControllerDefinition): ResourceKind {
  const primary = watches.find(({ role }) => role === 'for');
  if (primary === undefined) throw new Error(`controller ${name}: call for(kind) before owns(kind)`);
  return primary.kind;
}

/** What a declared controller needs in order to run. */
export interface ControllerDependencies {
  readonly env: Env;
  readonly informers: Informers;
  readonly services: Omit<ReconcileServices, 'lister'>;
  readonly metrics?: ControllerMetrics;
  /** Log what is written at rest: see `checkIdempotence`. @default false */
  readonly checkIdempotence?: boolean;
  /** Which keys are for this process. @default all */
  readonly shards?: KeyShards;
}

/** Makes a declared controller runnable. A manager does this when the definition is added. */
export function buildController(definition: ControllerDefinition, dependencies: ControllerDependencies): Controller {
  const { informers, services, metrics, env, shards } = dependencies;
  const { name, watches, workers, reconcileTimeoutMs, rateLimiter, needsLeaderElection } = definition;
  const given = definition.sources.map((source) => (typeof source === 'function' ? source(env) : source));
  const { reconcile, sources: others } =
    dependencies.checkIdempotence === true
      ? checkIdempotence(
          { ...definition, sources: given },
          { env, onRepeated: (writes) => metrics?.wroteAtRest(writes) },
        )
      : { ...definition, sources: given };
  const declared = new Set(watches.map(({ kind }) => readingOf(kind)));
  const optional = new Set(definition.optional.map(groupResourceOf));
  const sources = watches.map((watch) => watchSource(watch, informers, optional.has(groupResourceOf(watch.kind))));
  return new Controller({
    name,
    env,
    workers,
    reconcile,
    needsLeaderElection,
    sources: [...sources, ...resyncSources(definition, dependencies), ...others],
    services: {
      ...services,
      lister(kind) {
        if (!declared.has(readingOf(kind)))
          throw new Error(
            `controller ${name} reads ${readingOf(kind)} without having declared it; ` +
              'add for, owns, watches or reads, so that its memory and its RBAC are known',
          );
        return informers.informer(kind).lister;
      },
    },
    ...(reconcileTimeoutMs === undefined ? {} : { reconcileTimeoutMs }),
    ...(rateLimiter === undefined ? {} : { rateLimiter: rateLimiter() }),
    ...(metrics === undefined ? {} : { metrics }),
    ...(shards === undefined ? {} : { shards }),
  });
}

/** A kind and its metadata are two things in memory: who declared one must not fill the other by reading it. */
function readingOf(kind: ResourceKind): string {
  return kind.metadataOnly === true ? `metadata of ${groupResourceOf(kind)}` : groupResourceOf(kind);
}

function resyncSources(
  { watches, resyncMs }: ControllerDefinition,
  { env, informers }: ControllerDependencies,
): Source[] {
  if (resyncMs === Infinity) return [];
  return watches
    .filter(({ role }) => role === 'for')
    .map(({ kind }) => resyncSource(env, informers.informer(kind), resyncMs));
}

/** A kind that is only read enqueues nothing, but workers wait for its first list too. */
function watchSource({ kind, source }: WatchDefinition, informers: Informers, isOptional: boolean): Source {
  return source?.(informers, isOptional) ?? informerSource(informers.informer(kind), () => [], { isOptional });
}
