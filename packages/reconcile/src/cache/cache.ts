import type { KubernetesObject } from '../object/object.ts';
import type { ObjectKey } from '../object/object-key.ts';
import type { ResourceKind } from '../object/resource-kind.ts';

/** Synchronous reads of one kind from memory. Objects are frozen and shared: the same reference until they change. */
export interface Lister<T extends KubernetesObject> {
  get(key: ObjectKey): T | undefined;
  list(namespace?: string): readonly T[];
  /** Objects whose index function gave `value`; throws for an index that was not declared. */
  byIndex(index: string, value: string): readonly T[];
  /** Objects that have an owner reference with this uid. */
  ownedBy(ownerUid: string): readonly T[];
}

/**
 * A change of one object, as the cache saw it. A re-creation under the same name is a delete and an add, never an
 * update. `isInitialList` marks what was there when the informer started: worth a lower priority than a live change.
 */
export type ObjectChange<T extends KubernetesObject> =
  | { readonly type: 'added'; readonly object: T; readonly isInitialList: boolean }
  | { readonly type: 'updated'; readonly object: T; readonly previous: T }
  | { readonly type: 'deleted'; readonly previous: T };

/** What keeps an informer from being kept up to date at the moment. */
export interface InformerProblem {
  /**
   * - `NotInstalled`: the server does not serve the kind (404), as before its CRD is there
   * - `Forbidden`: it knows no such right of ours (401, 403)
   * - `Refused`: it answered with another error
   * - `Unreachable`: no answer, or one that broke off
   * - `Stale`: it answers with an older state than was seen before
   * - `Undecodable`: it sent something that is no event
   */
  readonly reason: 'NotInstalled' | 'Forbidden' | 'Refused' | 'Unreachable' | 'Stale' | 'Undecodable';
  /** For people. */
  readonly message: string;
}

/** Keeps one kind in memory by list and watch, for ever, until its context ends. */
export interface Informer<T extends KubernetesObject> {
  readonly kind: ResourceKind<T>;
  readonly lister: Lister<T>;
  /** Whether a first full list is in memory. It never turns false again. */
  readonly hasSynced: boolean;
  /** Why it is not being kept up to date at the moment, for /readyz and logs; undefined while all is well. */
  readonly problem: InformerProblem | undefined;
  /**
   * Calls `handler` synchronously after the cache changed, and first, before it returns, with what is there already.
   * Changes are those of the watch: a write of ours shows in `lister` at once and is reported when the watch delivers it.
   * A handler that throws is logged and stops nothing. Returns the unsubscription.
   */
  onChange(handler: (change: ObjectChange<T>) => void): () => void;
}
