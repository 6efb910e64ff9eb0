import { formatTime } from '@canaryop/reconcile/env';

import type { ApiCore } from '../api-core.ts';
import { withMetadata, type ApiObject } from '../object/api-object.ts';
import { deepEqual } from '../object/deep-equal.ts';
import { groupResource, type ServedResource } from '../registry/served-resource.ts';
import { conflict, methodNotAllowed } from '../status/refusals.ts';
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
  const grace = resource.strategy.gracePeriodSeconds?.(existing, options.gracePeriodSeconds) ?? 0;
  const marked = mark(core, resource, { existing, grace, options });
  if (isFinished(resource, marked)) {
    // What goes at once was never marked: its last state has no deletionTimestamp.
    const last = existing.metadata.deletionTimestamp === undefined ? existing : marked;
    return { object: options.dryRun === true ? last : core.storage.remove(resource.store, last), isGone: true };
  }
  if (deepEqual(marked, existing) || options.dryRun === true) return { object: marked, isGone: false };
  return { object: core.storage.put(resource.store, marked), isGone: false };
}

function checkPreconditions(resource: ServedResource, existing: ApiObject, options: DeleteOptions): void {
  const { uid, resourceVersion, name } = existing.metadata;
  const of = { ...groupResource(resource), resource: resource.kind };
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
  const finalizers = finalizersFor(metadata.finalizers ?? [], options.propagation);
  const withFinalizers = deepEqual(finalizers, metadata.finalizers ?? [])
    ? existing
    : withMetadata(existing, { finalizers: finalizers.length === 0 ? undefined : finalizers });
  const pending = metadata.deletionTimestamp === undefined ? undefined : (metadata.deletionGracePeriodSeconds ?? 0);
  if (pending !== undefined && pending <= grace) return withFinalizers;
  const marked = withMetadata(withFinalizers, {
    deletionTimestamp: formatTime(core.env.clock.now() + grace * 1000),
    deletionGracePeriodSeconds: grace,
    ...(pending === undefined ? nextGeneration(existing) : {}),
  });
  return resource.strategy.prepareDelete?.(marked) ?? marked;
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
