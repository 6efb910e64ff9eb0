import type { Informer } from '../cache/cache.ts';
import type { Cache } from '../cache/informer-cache.ts';
import type { Env } from '../env/env.ts';
import { sleep } from '../env/timers.ts';
import type { Check } from '../health/checks.ts';
import type { KubernetesObject } from '../object/object.ts';
import { groupResourceOf, type ResourceKind } from '../object/resource-kind.ts';
import { cacheProblem } from './readiness.ts';
import type { RunnableGroup } from './runnable-group.ts';

/** How often the caches are looked at until they are complete: less and less often, where that takes long. */
const syncPollMs = { first: 20, longest: 1000 } as const;

interface ManagedCache {
  /** For logs and readiness. */
  readonly name: string;
  readonly cache: Cache;
  /** Neither work nor readiness waits for it. */
  readonly isOptional: boolean;
}

/** The caches of a manager's own cluster and of others: what has to be in memory before anybody works. */
export class ManagedCaches {
  readonly #caches: ManagedCache[];
  /** Kinds that may be missing, by `plural.group`. */
  readonly #optional = new Set<string>();

  constructor(own: Cache) {
    this.#caches = [{ name: 'caches', cache: own, isOptional: false }];
  }

  /** Adds the cache of another cluster. */
  add(cluster: string, cache: Cache, isOptional: boolean): void {
    this.#caches.push({ name: `caches of ${cluster}`, cache, isOptional });
  }

  /** Nobody waits for these kinds. */
  allowMissing(kinds: readonly ResourceKind[]): void {
    for (const kind of kinds) this.#optional.add(groupResourceOf(kind));
  }

  /** What readiness asks. */
  checks(): readonly (readonly [name: string, check: Check])[] {
    return this.#needed().map(({ name, cache }) => [
      name,
      () => cacheProblem(cache.informers(), (resource) => this.#optional.has(resource)),
    ]);
  }

  start(group: RunnableGroup): void {
    for (const { name, cache } of this.#caches) group.start({ name, start: (signal) => cache.start(signal) });
  }

  /** Waits until every kind that must be there is in memory, for as long as that takes. */
  async synced(env: Pick<Env, 'timers'>, signal: AbortSignal): Promise<void> {
    const isMissing = ({ kind, hasSynced }: Informer<KubernetesObject>): boolean =>
      !hasSynced && !this.#optional.has(groupResourceOf(kind));
    let pollMs: number = syncPollMs.first;
    while (!signal.aborted && this.#needed().some(({ cache }) => cache.informers().some(isMissing))) {
      await sleep(env.timers, pollMs, signal);
      pollMs = Math.min(pollMs * 1.5, syncPollMs.longest);
    }
  }

  #needed(): readonly ManagedCache[] {
    return this.#caches.filter(({ isOptional }) => !isOptional);
  }
}
