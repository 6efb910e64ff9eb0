import type { KubernetesObject } from '../../object/object.ts';
import { keyOf } from '../../object/object-key.ts';
import { apiVersionOf, resourcePath, type ResourceKind } from '../../object/resource-kind.ts';
import { ApiError } from '../api-error.ts';
import type { Desired } from '../client.ts';
import { observeWritten, type ClientContext } from '../client-context.ts';
import { mutate } from '../patch-object.ts';
import { getObject } from '../read-object.ts';
import { targetOf } from '../target.ts';
import { ownershipUpgrade } from './ownership-upgrade.ts';
import { planApply } from './plan-apply.ts';

interface Application<T extends KubernetesObject> {
  readonly kind: ResourceKind<T>;
  readonly live: T;
  readonly desired: Desired<T>;
  readonly signal: AbortSignal | undefined;
}

/** See `Writer.apply`. */
export async function applyObject<T extends KubernetesObject>(
  context: ClientContext,
  application: Application<T>,
): Promise<T> {
  const { kind, live, desired, signal } = application;
  const { uid } = live.metadata;
  const plan = planApply(live, desired, context.fieldManager, context.sent.get(uid));
  if (!plan.send) return live;
  const target = targetOf(kind, plan.upgrade ? await upgradeOwnership(context, application) : live);
  const applied = (await mutate(context, {
    method: 'PATCH',
    path: target.path,
    query: { force: 'true' },
    contentType: 'application/apply-patch+yaml',
    body: {
      ...desired,
      apiVersion: apiVersionOf(kind),
      kind: kind.kind,
      metadata: { ...desired.metadata, ...target.precondition },
    },
    action: `apply ${target.label}`,
    signal,
  })) as T;
  context.sent.set(uid, plan.shape);
  return observeWritten(context, kind, applied);
}

/**
 * Makes what this manager wrote by POST removable by apply. Reads the object first: the cache holds our own
 * managedFields only, and the list is written whole.
 */
async function upgradeOwnership<T extends KubernetesObject>(
  context: ClientContext,
  { kind, live, signal }: Application<T>,
): Promise<T> {
  const target = targetOf(kind, live);
  const action = `take over fields of ${target.label}`;
  const current = await getObject(context, kind, keyOf(live), signal);
  if (current === undefined || current.metadata.resourceVersion !== live.metadata.resourceVersion) {
    throw new ApiError({
      status: 409,
      reason: 'Conflict',
      detail: 'the object has changed since it was looked at',
      request: `GET ${resourcePath(kind, keyOf(live))}`,
      action,
    });
  }
  const patch = ownershipUpgrade(current, context.fieldManager);
  if (patch === undefined) return live;
  const upgraded = await mutate(context, {
    method: 'PATCH',
    path: target.path,
    contentType: 'application/json-patch+json',
    body: patch,
    action,
    signal,
  });
  return observeWritten(context, kind, upgraded as T);
}
