import type { KubernetesObject } from '../object/object.ts';
import { compareResourceVersions, isOlder } from '../object/resource-version.ts';

/**
 * What an answered write made of an object, ahead of the watch. `shown` is the answer, or undefined when it took the object
 * out of sight, by deletion or by changing its labels;
 * `watched` is what the watch has delivered meanwhile, hidden until it catches up.
 */
export interface PendingWrite<T extends KubernetesObject> {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly shown: T | undefined;
  /** A deletion: this incarnation never comes back. Otherwise `shown` is all there is to say up to `resourceVersion`. */
  readonly isDeletion: boolean;
  readonly watched: T | undefined;
}

/** The beginning of a write in flight is far shorter than this; it bounds memory when a watch is down for hours. */
const maxPending = 10_000;

/**
 * Answered writes that the watch has not delivered yet, one per key. Versions of one kind are ordered integers
 * (KEP-5504), so an entry ends exactly when the watch has passed its version; a deletion, whose own version is not
 * known, ends when the watch shows that this uid is gone.
 */
export class Overlay<T extends KubernetesObject> {
  readonly #pending = new Map<string, PendingWrite<T>>();

  get size(): number {
    return this.#pending.size;
  }

  get(key: string): PendingWrite<T> | undefined {
    return this.#pending.get(key);
  }

  /**
   * Adds an entry, the newest for its key.
   * @returns the entry that had to go for it, if memory is full: its key and what the watch knows.
   */
  set(key: string, pending: PendingWrite<T>): { readonly key: string; readonly watched: T | undefined } | undefined {
    this.#pending.delete(key);
    this.#pending.set(key, pending);
    if (this.#pending.size <= maxPending) return undefined;
    for (const [oldest, { watched }] of this.#pending) {
      this.#pending.delete(oldest);
      return { key: oldest, watched };
    }
    return undefined;
  }

  /** Notes what the watch has delivered under an entry, which keeps its age. */
  noteWatched(key: string, watched: T | undefined): void {
    const pending = this.#pending.get(key);
    if (pending !== undefined) this.#pending.set(key, { ...pending, watched });
  }

  /** Ends an entry. */
  delete(key: string): void {
    this.#pending.delete(key);
  }

  entries(): Iterable<readonly [key: string, pending: PendingWrite<T>]> {
    return this.#pending;
  }

  /** Ends and returns the writes that everything up to `version` includes. */
  takePassed(version: string): readonly (readonly [key: string, watched: T | undefined])[] {
    if (this.#pending.size === 0) return [];
    const passed: (readonly [string, T | undefined])[] = [];
    for (const [key, pending] of this.#pending) {
      if (pending.isDeletion || !isPassed(pending.resourceVersion, version)) continue;
      this.#pending.delete(key);
      passed.push([key, pending.watched]);
    }
    return passed;
  }
}

/** Whether a watch that has delivered everything up to `seen` has delivered `version`. False if they cannot be compared. */
export function isPassed(version: string, seen: string | undefined): boolean {
  const order = compareResourceVersions(version, seen);
  return order !== undefined && order <= 0;
}

/**
 * Whether an entry already says more about its key than `object`, which answered another write: answers may come in
 * another order than the server's, and a deleted incarnation never comes back.
 */
export function isOutdated(pending: PendingWrite<KubernetesObject> | undefined, object: KubernetesObject): boolean {
  if (pending === undefined) return false;
  if (pending.isDeletion && pending.uid === object.metadata.uid) return true;
  return isOlder(object.metadata.resourceVersion, pending.resourceVersion);
}
