import { formatTime } from '@canaryop/reconcile/env';

import type { ApiCore } from '../api-core.ts';
import { withMetadata, type ApiObject } from '../object/api-object.ts';
import { deepEqual } from '../object/deep-equal.ts';
import { groupResource, type ServedResource } from '../registry/served-resource.ts';
import { conflict, methodNotAllowed } from '../status/refusals.ts';
import { keyOfNames } from '../storage/resource-store.ts';
import type { Admission } from '../webhooks/admission/attributes.ts';
import { existingObject, isFinished } from './update.ts';
import type { Target } from './write-options.ts';

/** Finalizers with which the garbage collector holds an owner until its dependents are dealt with. */
export const foregroundFinalizer = 'foregroundDeletion';
export const orphanFinalizer = 'orphan';

/** `metav1.DeleteOptions`, with what the query said folded in. */
export interface DeleteOptions {
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly gracePeriodSeconds?: number;
  /** @default Background */
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan';
  readonly dryRun?: boolean;
  /** Asks webhooks; absent when there are none, and for the cluster's own controllers. */
  readonly admission?: Admission | undefined;
}

/** What a deletion came to. */
export interface Deletion {
  /** As stored before it vanished, or as it is now while something holds it back. */
  readonly object: ApiObject;
  readonly isGone: boolean;
}

/**
 * Deletes an object, or marks it as deleted when finalizers or a grace period hold it back. A second deletion may
 * shorten the grace period, never lengthen it.
 */
export function deleteObject(
  core: ApiCore,
  resource: ServedResource,
  target: Target,
  options: DeleteOptions = {},
): Deletion {
  if (resource.createOnly) throw methodNotAllowed();
  const existing = existingObject(resource, target);
  checkPreconditions(resource, existing, options);
  options.admission?.validate({ operation: 'DELETE', oldObject: resource.fromStored(existing) });
  const grace = resource.strategy.gracePeriodSeconds?.(existing, options.gracePeriodSeconds) ?? 0;
  const marked = mark(core, resource, { existing, grace, options });
  if (isFinished(resource, marked))
    return { object: gone(core, resource, { existing, marked, options }), isGone: true };
  if (deepEqual(marked, existing) || options.dryRun === true) return { object: marked, isGone: false };
  return { object: core.storage.put(resource.store, marked), isGone: false };
}

/** Removes what nothing holds, and returns its last state. */
function gone(
  core: ApiCore,
  resource: ServedResource,
  { existing, marked, options }: { existing: ApiObject; marked: ApiObject; options: DeleteOptions },
): ApiObject {
  const wasMarked = existing.metadata.deletionTimestamp !== undefined;
  // What goes at once was never marked: its last state has no deletionTimestamp. A pod is marked all the same, which
  // watchers see.
  const isMarked = resource.strategy.gracePeriodSeconds !== undefined || wasMarked;
  const last = isMarked ? marked : existing;
  if (options.dryRun === true) return last;
  const stored = isMarked && !wasMarked ? core.storage.put(resource.store, last) : last;
  const object = core.storage.remove(resource.store, stored);
  if (resource.kind === 'Service' && resource.group === '') removeEndpoints(core, object.metadata);
  return object;
}

/** A Service takes the Endpoints of its name with it (pkg/registry/core/service/storage). */
function removeEndpoints(core: ApiCore, { namespace, name }: ApiObject['metadata']): void {
  const endpoints = core.registry.find('', 'v1', 'endpoints');
  if (endpoints?.store.get(keyOfNames(namespace, name)) === undefined) return;
  deleteObject(core, endpoints, { name, ...(namespace === undefined ? {} : { namespace }) });
}

function checkPreconditions(resource: ServedResource, existing: ApiObject, options: DeleteOptions): void {
  const { uid, resourceVersion, name } = existing.metadata;
  // Kinds with a deletion of their own name the resource, all others the kind.
  const named = resource.strategy.hasNoGracePeriod === true ? resource.plural : resource.kind;
  const of = { ...groupResource(resource), resource: named };
  if (options.uid !== undefined && options.uid !== uid) {
    throw conflict(
      of,
      name,
      `the UID in the precondition (${options.uid}) does not match the UID in record (${uid ?? ''}). The object might have been deleted and then recreated`,
    );
  }
  if (options.resourceVersion !== undefined && options.resourceVersion !== resourceVersion) {
    throw conflict(
      of,
      name,
      `the ResourceVersion in the precondition (${options.resourceVersion}) does not match the ResourceVersion in record (${resourceVersion ?? ''}). The object might have been modified`,
    );
  }
}

interface Mark {
  readonly existing: ApiObject;
  readonly grace: number;
  readonly options: DeleteOptions;
}

function mark(core: ApiCore, resource: ServedResource, { existing, grace, options }: Mark): ApiObject {
  const { metadata } = existing;
  const held = withFinalizersFor(existing, options.propagation ?? resource.strategy.defaultPropagation);
  const pending = metadata.deletionTimestamp === undefined ? undefined : (metadata.deletionGracePeriodSeconds ?? 0);
  if (pending !== undefined && pending <= grace) return held;
  const counted = pending === undefined ? nextGeneration(existing) : {};
  const marked = withMetadata(held, {
    deletionTimestamp: formatTime(core.env.clock.now() + grace * 1000),
    ...(resource.strategy.hasNoGracePeriod === true ? {} : { deletionGracePeriodSeconds: grace, ...counted }),
  });
  return resource.strategy.prepareDelete?.(marked) ?? marked;
}

function withFinalizersFor(object: ApiObject, propagation: DeleteOptions['propagation']): ApiObject {
  const before = object.metadata.finalizers ?? [];
  const finalizers = finalizersFor(before, propagation);
  if (deepEqual(finalizers, before)) return object;
  return withMetadata(object, { finalizers: finalizers.length === 0 ? undefined : finalizers });
}

/** The first mark counts as a change, for kinds that count changes. */
function nextGeneration({ metadata }: ApiObject): { generation?: number } {
  return metadata.generation === undefined ? {} : { generation: metadata.generation + 1 };
}

function finalizersFor(finalizers: readonly string[], propagation: DeleteOptions['propagation']): readonly string[] {
  const others = finalizers.filter((name) => name !== foregroundFinalizer && name !== orphanFinalizer);
  if (propagation === undefined) return finalizers;
  if (propagation === 'Foreground') return [...others, foregroundFinalizer];
  return propagation === 'Orphan' ? [...others, orphanFinalizer] : others;
}
