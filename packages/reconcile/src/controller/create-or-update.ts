import type { KubernetesObject } from '../object/object.ts';
import { keyOf, keyText } from '../object/object-key.ts';
import type { ResourceKind } from '../object/resource-kind.ts';
import type { Desired } from '../client/client.ts';
import { controllerOf } from '../owners/owner-reference.ts';
import type { ReconcileContext } from './reconciler.ts';

/** The object as it is now, and what had to be done for it, in controller-runtime's words. */
export interface OperationResult<T extends KubernetesObject> {
  readonly object: T;
  readonly operation: 'created' | 'updated' | 'unchanged';
}

/**
 * Makes an object exist and contain `desired`: by POST when the cache has none of this name, else by server-side apply
 * onto what the cache has, which removes fields that were desired before and no longer are. Sends nothing when there is
 * nothing to change. Both writes are conditional: when the cache was behind they reject with AlreadyExists or Conflict,
 * and the next reconcile decides anew. An object whose controller is another than the one that `desired` names is never
 * taken over: that rejects, and says who has it.
 */
export async function createOrUpdate<T extends KubernetesObject>(
  context: Pick<ReconcileContext, 'client' | 'lister' | 'signal'>,
  kind: ResourceKind<T>,
  desired: Desired<T>,
): Promise<OperationResult<T>> {
  const { client, lister, signal } = context;
  const live = lister(kind).get(keyOf(desired));
  if (live === undefined) return { object: await client.create(kind, desired, signal), operation: 'created' };
  refuseForeign(live, desired);
  const object = await client.apply(kind, live, desired, signal);
  return { object, operation: object === live ? 'unchanged' : 'updated' };
}

function refuseForeign(live: KubernetesObject, desired: KubernetesObject): void {
  const wanted = controllerOf(desired);
  const actual = controllerOf(live);
  if (wanted === undefined || wanted.uid === actual?.uid) return;
  const holder = actual === undefined ? 'has no controller' : `is controlled by ${actual.kind} ${actual.name}`;
  throw new Error(
    `${live.kind} ${keyText(keyOf(live))} exists and ${holder}; ` +
      `remove it, or let ${wanted.kind} ${wanted.name} use another name`,
  );
}
