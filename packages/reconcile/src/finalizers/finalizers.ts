import { isNotFound } from '../client/api-error.ts';
import type { Writer } from '../client/client.ts';
import type { KubernetesObject } from '../object/object.ts';
import type { ResourceKind } from '../object/resource-kind.ts';

type Patcher = Pick<Writer, 'patch'>;

/** Whether the object has this finalizer. */
export function hasFinalizer(object: KubernetesObject, finalizer: string): boolean {
  return object.metadata.finalizers?.includes(finalizer) === true;
}

/** Whether somebody has asked to delete the object; it goes when its last finalizer does. */
export function isBeingDeleted(object: KubernetesObject): boolean {
  return object.metadata.deletionTimestamp !== undefined;
}

/**
 * Adds the finalizer, and resolves with the object that has it. Await it before doing what must be undone later.
 * The patch holds only if the object is still as `live` shows it (uid and resourceVersion), because a merge patch
 * replaces the whole list: finalizers that others added meanwhile make it a 409, not a loss. Rejects on
 * a 409, and when the object is being deleted, which forbids new finalizers.
 */
export async function addFinalizer<T extends KubernetesObject>(
  client: Patcher,
  kind: ResourceKind<T>,
  live: T,
  finalizer: string,
): Promise<T> {
  if (hasFinalizer(live, finalizer)) return live;
  if (isBeingDeleted(live))
    throw new Error(`${kind.kind} ${live.metadata.name} is being deleted: the API server takes no new finalizers`);
  const finalizers = [...(live.metadata.finalizers ?? []), finalizer];
  return client.patch(kind, live, { metadata: { finalizers } });
}

/**
 * Removes the finalizer, leaving those of others. Call it only after the clean-up has succeeded. An object that is
 * gone already is a success. Rejects with a 409 when the object has changed since `live`: look again.
 */
export async function removeFinalizer<T extends KubernetesObject>(
  client: Patcher,
  kind: ResourceKind<T>,
  live: T,
  finalizer: string,
): Promise<void> {
  if (!hasFinalizer(live, finalizer)) return;
  const finalizers = (live.metadata.finalizers ?? []).filter((name) => name !== finalizer);
  try {
    await client.patch(kind, live, { metadata: { finalizers } });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/** Which part of an object's life a reconcile is in, as far as the finalizer goes. */
export type FinalizerStage<T> = { readonly stage: 'live'; readonly object: T } | { readonly stage: 'finalized' };

/**
 * The whole life of a finalizer: adds it to a live object, and for one that is being deleted runs `cleanUp` and
 * removes the finalizer afterwards. When `cleanUp` rejects the finalizer stays, and the next reconcile tries again.
 */
export async function withFinalizer<T extends KubernetesObject>(
  options: {
    readonly client: Patcher;
    readonly kind: ResourceKind<T>;
    readonly live: T;
    /** A domain and a name, `demo.io/cleanup`. */
    readonly finalizer: string;
  },
  cleanUp: (object: T) => Promise<void>,
): Promise<FinalizerStage<T>> {
  const { client, kind, live, finalizer } = options;
  if (!isBeingDeleted(live)) return { stage: 'live', object: await addFinalizer(client, kind, live, finalizer) };
  if (hasFinalizer(live, finalizer)) {
    await cleanUp(live);
    await removeFinalizer(client, kind, live, finalizer);
  }
  return { stage: 'finalized' };
}
