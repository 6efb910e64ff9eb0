import { isJsonObject } from '../object/json.ts';
import type { KubernetesObject } from '../object/object.ts';
import { keyOf } from '../object/object-key.ts';
import { resourcePath, type ResourceKind } from '../object/resource-kind.ts';
import { isConflict, isNotFound } from './api-error.ts';
import { sendRequest } from './api-request.ts';
import type { Propagation } from './client.ts';
import { observeGone, observeWritten, type ClientContext } from './client-context.ts';
import { getObject } from './read-object.ts';
import { labelOf } from './target.ts';

interface Deletion<T extends KubernetesObject> {
  readonly kind: ResourceKind<T>;
  readonly live: T;
  readonly propagation: Propagation | undefined;
  readonly signal: AbortSignal | undefined;
}

/** See `Writer.delete`. */
export async function deleteObject<T extends KubernetesObject>(
  context: ClientContext,
  deletion: Deletion<T>,
): Promise<void> {
  const { kind, live } = deletion;
  try {
    const answer = await sendDelete(context, deletion);
    // The object itself comes back while a finalizer or a grace period keeps it; else a Status or its last state.
    const metadata = isJsonObject(answer) ? answer['metadata'] : undefined;
    if (isJsonObject(metadata) && metadata['deletionTimestamp'] !== undefined) {
      observeWritten(context, kind, answer as T);
      return;
    }
  } catch (error) {
    if (!isNotFound(error) && !(isConflict(error) && (await isReplaced(context, deletion)))) throw error;
  }
  observeGone(context, kind, live);
}

function sendDelete<T extends KubernetesObject>(context: ClientContext, deletion: Deletion<T>): Promise<unknown> {
  const { kind, live, propagation, signal } = deletion;
  const key = keyOf(live);
  const { uid } = live.metadata;
  if (uid === undefined) throw new Error(`${labelOf(kind, key)}: a deletion needs the uid of the live object`);
  const body = {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    preconditions: { uid },
    ...(propagation === undefined ? {} : { propagationPolicy: propagation }),
  };
  return sendRequest(
    context,
    {
      method: 'DELETE',
      path: resourcePath(kind, key),
      contentType: 'application/json',
      body,
      action: `delete ${labelOf(kind, key)}`,
      signal,
      fence: context.fence,
    },
    context.limits,
  );
}

/** A 409 has several causes; only another incarnation under the same name means that ours is gone. */
async function isReplaced<T extends KubernetesObject>(context: ClientContext, deletion: Deletion<T>): Promise<boolean> {
  const { kind, live, signal } = deletion;
  const current = await getObject(context, kind, keyOf(live), signal);
  return current?.metadata.uid !== live.metadata.uid;
}
