import type { OwnerReference } from '@canaryop/reconcile/object';

import type { ApiCore } from '../api-core.ts';
import { deleteStored, writeMetadata } from '../controllers/controller-write.ts';
import { DelayedQueue } from '../controllers/delayed-queue.ts';
import { resolve } from '../controllers/object-reference.ts';
import { foregroundFinalizer, orphanFinalizer } from '../handlers/delete.ts';
import type { ApiObject } from '../object/api-object.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import type { ChangeRecord } from '../storage/change-record.ts';
import { DependencyGraph, ownerUids } from './dependency-graph.ts';

interface Found {
  readonly resource: ServedResource;
  readonly object: ApiObject;
}

/**
 * Deletes what has lost its owners, and finishes foreground and orphan deletions, as kube-controller-manager's
 * garbage collector does: a while after the fact, following owner references by uid within a namespace.
 */
export class GarbageCollector {
  readonly #core: ApiCore;
  readonly #graph = new DependencyGraph();
  readonly #queue: DelayedQueue;
  readonly #unsubscribe: () => void;

  constructor(core: ApiCore, lagMs: number) {
    this.#core = core;
    this.#queue = new DelayedQueue(core.env, lagMs, (uid) => {
      this.#collect(uid);
    });
    this.#unsubscribe = core.storage.observe((record) => {
      this.#observe(record);
    });
  }

  close(): void {
    this.#unsubscribe();
    this.#queue.close();
  }

  #observe(record: ChangeRecord): void {
    this.#graph.observe(record);
    const { object, type, previous } = record;
    const uid = object.metadata.uid ?? '';
    // An owner that waits for its dependents may have one less.
    const owners = new Set(ownerUids(object));
    for (const owner of ownerUids(previous)) if (!owners.has(owner)) this.#queue.add(owner);
    if (type === 'DELETED') {
      for (const dependent of this.#graph.dependentsOf(uid)) this.#queue.add(dependent.uid);
      for (const owner of ownerUids(object)) this.#queue.add(owner);
      return;
    }
    if (isHeldByCollector(object) || ownerUids(object).length > 0) this.#queue.add(uid);
  }

  #collect(uid: string): void {
    const reference = this.#graph.get(uid);
    const found = reference === undefined ? undefined : resolve(this.#core, reference);
    if (found === undefined) return;
    const { metadata } = found.object;
    if (metadata.deletionTimestamp !== undefined && hasFinalizer(found.object, orphanFinalizer)) this.#orphan(found);
    else if (isForegroundDeleted(found.object)) this.#finishForeground(found);
    else this.#followOwners(found);
  }

  #orphan({ resource, object }: Found): void {
    const uid = object.metadata.uid ?? '';
    for (const reference of this.#graph.dependentsOf(uid)) {
      const dependent = resolve(this.#core, reference);
      if (dependent !== undefined) this.#removeOwners(dependent, (owner) => owner.uid === uid);
    }
    this.#removeFinalizer(resource, object, orphanFinalizer);
  }

  #finishForeground({ resource, object }: Found): void {
    const uid = object.metadata.uid ?? '';
    let isBlocked = false;
    for (const reference of this.#graph.dependentsOf(uid)) {
      const dependent = resolve(this.#core, reference);
      if (dependent === undefined) continue;
      const isBlocking = (dependent.object.metadata.ownerReferences ?? []).some(
        (owner) => owner.uid === uid && owner.blockOwnerDeletion === true,
      );
      isBlocked ||= isBlocking;
      // It waits for dependents of its own, or is the owner itself.
      if (isHeldByCollector(dependent.object)) continue;
      if (isBlocking) this.#queue.add(reference.uid);
      // It is to find its owner still waiting.
      else this.#followOwners(dependent);
    }
    if (!isBlocked) this.#removeFinalizer(resource, object, foregroundFinalizer);
  }

  #followOwners(found: Found): void {
    const { resource, object } = found;
    const owners = object.metadata.ownerReferences ?? [];
    if (owners.length === 0 || object.metadata.deletionTimestamp !== undefined) return;
    const states = owners.map((owner) => this.#stateOf(owner, object));
    if (states.includes('solid')) {
      const isLost = (owner: OwnerReference): boolean => states[owners.indexOf(owner)] !== 'solid';
      if (owners.some(isLost)) this.#removeOwners(found, isLost);
      return;
    }
    const isForeground = states.includes('waiting') && this.#graph.dependentsOf(object.metadata.uid ?? '').length > 0;
    deleteStored(this.#core, resource, object, { propagation: isForeground ? 'Foreground' : 'Background' });
  }

  /** An owner is there to stay, going away in the foreground, or gone; one in another namespace counts as gone. */
  #stateOf(owner: OwnerReference, dependent: ApiObject): 'solid' | 'waiting' | 'absent' {
    const reference = this.#graph.get(owner.uid);
    const found = reference === undefined ? undefined : resolve(this.#core, reference);
    if (found === undefined) return 'absent';
    const { namespace } = found.object.metadata;
    if (namespace !== undefined && namespace !== dependent.metadata.namespace) return 'absent';
    return isForegroundDeleted(found.object) ? 'waiting' : 'solid';
  }

  #removeOwners({ resource, object }: Found, isRemoved: (owner: OwnerReference) => boolean): void {
    const kept = (object.metadata.ownerReferences ?? []).filter((owner) => !isRemoved(owner));
    writeMetadata(this.#core, resource, object, { ownerReferences: kept.length === 0 ? undefined : kept });
  }

  #removeFinalizer(resource: ServedResource, object: ApiObject, name: string): void {
    const kept = (object.metadata.finalizers ?? []).filter((finalizer) => finalizer !== name);
    writeMetadata(this.#core, resource, object, { finalizers: kept.length === 0 ? undefined : kept });
  }
}

function hasFinalizer(object: ApiObject, name: string): boolean {
  return (object.metadata.finalizers ?? []).includes(name);
}

function isForegroundDeleted(object: ApiObject): boolean {
  return object.metadata.deletionTimestamp !== undefined && hasFinalizer(object, foregroundFinalizer);
}

function isHeldByCollector(object: ApiObject): boolean {
  return (
    isForegroundDeleted(object) ||
    (object.metadata.deletionTimestamp !== undefined && hasFinalizer(object, orphanFinalizer))
  );
}
