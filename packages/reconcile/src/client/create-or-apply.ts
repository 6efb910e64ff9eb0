import { keyOf } from '../object/object-key.ts';
import type { KubernetesObject } from '../object/object.ts';
import type { ResourceKind } from '../object/resource-kind.ts';
import type { Client, Desired } from './client.ts';

/**
 * Makes an object exist and contain `desired`, from what the server has: for what is installed once, without a cache.
 * Sends one GET, and a write where there is something to change. A reconciler has `createOrUpdate`, which reads from its
 * cache. Rejects as `create` and `apply` do.
 */
export async function createOrApply<T extends KubernetesObject>(
  client: Client,
  kind: ResourceKind<T>,
  desired: Desired<T>,
): Promise<T> {
  const live = await client.get(kind, keyOf(desired));
  return live === undefined ? client.create(kind, desired) : client.apply(kind, live, desired);
}
