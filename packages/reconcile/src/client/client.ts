import type { KubernetesObject } from '../object/object.ts';
import type { ObjectKey } from '../object/object-key.ts';
import type { ResourceKind } from '../object/resource-kind.ts';

/** Which objects of a kind. Selectors use the API server's text form. */
export interface ListOptions {
  /** Absent: all namespaces. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/** Reads straight from the API server. A controller's reads belong on the cache; this is for what it does not watch. */
export interface Reader {
  /** Undefined when the object does not exist. */
  get<T extends KubernetesObject>(kind: ResourceKind<T>, key: ObjectKey, signal?: AbortSignal): Promise<T | undefined>;
  /** Every object, page after page. */
  list<T extends KubernetesObject>(
    kind: ResourceKind<T>,
    options?: ListOptions,
    signal?: AbortSignal,
  ): Promise<readonly T[]>;
}

/** An object as desired: what the manager wants to own, and nothing else. Status never belongs here. */
export type Desired<T extends KubernetesObject> = Omit<T, 'status'>;

/** How the dependents of a deleted object go (garbage collection). */
export type Propagation = 'Background' | 'Foreground' | 'Orphan';

/**
 * Writes, each of them conditional: the object that was looked at (`live`) is an argument, its uid and
 * resourceVersion travel with the request, and a 409 means that the decision was made on a stale view.
 * There is no unconditional update and no whole-object PUT. A write that would change nothing is not sent.
 */
export interface Writer {
  /** POST. Rejects with AlreadyExists when the name is taken; names are deterministic, so that is an answer, not an accident. */
  create<T extends KubernetesObject>(kind: ResourceKind<T>, object: Desired<T>, signal?: AbortSignal): Promise<T>;
  /**
   * Makes `live` contain `desired`, by forced server-side apply that carries uid and resourceVersion. Fields that this
   * manager owned and no longer desires are removed. Returns `live` itself, unsent, when there is nothing to change.
   */
  apply<T extends KubernetesObject>(
    kind: ResourceKind<T>,
    live: T,
    desired: Desired<T>,
    signal?: AbortSignal,
  ): Promise<T>;
  /** Merge patch of the status subresource from `live.status` to `status`. Returns `live` itself when they are equal. */
  updateStatus<T extends KubernetesObject & { readonly status?: unknown }>(
    kind: ResourceKind<T>,
    live: T,
    status: T['status'],
    signal?: AbortSignal,
  ): Promise<T>;
  /**
   * Asks the server whether `live` is the newest state: a status patch that carries uid and resourceVersion, and
   * changes nothing. Rejects with Conflict when it is not. For a new leader, whose cache may lag behind what its
   * predecessor wrote; it needs no other permission than `updateStatus`.
   */
  confirm(kind: ResourceKind, live: KubernetesObject, signal?: AbortSignal): Promise<void>;
  /**
   * Merge patch of the object itself; `patch` holds only what changes, `null` removes a field. What is patched into an
   * object that the same manager applies must be desired too: an apply takes it for a leftover.
   */
  patch<T extends KubernetesObject>(kind: ResourceKind<T>, live: T, patch: object, signal?: AbortSignal): Promise<T>;
  /** Sets the replica count through the scale subresource, which leaves the count's ownership to whoever scales later. Returns the object as it is then. */
  scale<T extends KubernetesObject>(kind: ResourceKind<T>, live: T, replicas: number, signal?: AbortSignal): Promise<T>;
  /** Deletes exactly this incarnation (uid precondition). An object that is gone already is a success. */
  delete<T extends KubernetesObject>(
    kind: ResourceKind<T>,
    live: T,
    options?: { readonly propagation?: Propagation },
    signal?: AbortSignal,
  ): Promise<void>;
}

/** Reads and conditional writes of any kind. `createClient` makes one; a reconciler is given one. */
export interface Client extends Reader, Writer {}
