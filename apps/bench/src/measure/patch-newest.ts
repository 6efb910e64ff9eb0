import { isConflict, type Client } from '@canaryop/reconcile/client';
import type { KubernetesObject, ResourceKind } from '@canaryop/reconcile/object';

/**
 * Patches an object as somebody does who does not mind that its operator writes to it: on a conflict what it has become.
 * Resolves with how many conflicts there were, each of which is a read and a patch more. Throws when it is gone.
 */
export async function patchNewest<T extends KubernetesObject>(
  client: Client,
  kind: ResourceKind<T>,
  live: T,
  patch: object,
): Promise<number> {
  let newest = live;
  for (let conflicts = 0; ; conflicts += 1) {
    try {
      await client.patch(kind, newest, patch);
      return conflicts;
    } catch (error) {
      if (!isConflict(error)) throw error;
    }
    const read = await client.get(kind, live.metadata);
    if (read === undefined) throw new Error(`${kind.kind} ${live.metadata.name} is gone`);
    newest = read;
  }
}
