import type { KubernetesObject, ObjectKey, ResourceKind } from '@canaryop/reconcile/object';

/** A change as a loopback watcher sees it. */
export interface LoopbackEvent<T extends KubernetesObject> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: T;
}

/**
 * Access to the API server for what runs inside the simulated cluster (controllers, kubelet, mesh): synchronous,
 * as system:masters, through the same validation, defaulting, ownership and revision rules as a request.
 * Refusals throw `StatusError`, the same Status that a client would get. Objects are frozen.
 */
export interface Loopback {
  get<T extends KubernetesObject>(kind: ResourceKind<T>, key: ObjectKey): T | undefined;
  list<T extends KubernetesObject>(
    kind: ResourceKind<T>,
    options?: { namespace?: string; labelSelector?: string },
  ): readonly T[];
  create<T extends KubernetesObject>(kind: ResourceKind<T>, object: T): T;
  /** PUT: refused with 409 when `object.metadata.resourceVersion` is not the stored one. */
  update<T extends KubernetesObject>(kind: ResourceKind<T>, object: T): T;
  updateStatus<T extends KubernetesObject>(kind: ResourceKind<T>, object: T): T;
  delete(
    kind: ResourceKind,
    key: ObjectKey,
    options?: { uid?: string; propagation?: 'Background' | 'Foreground' | 'Orphan'; gracePeriodSeconds?: number },
  ): void;
  /** Delivers an ADDED for everything that exists, then each change, in order, never from inside the write itself. Returns the unsubscription. */
  watch<T extends KubernetesObject>(kind: ResourceKind<T>, listener: (event: LoopbackEvent<T>) => void): () => void;
}
