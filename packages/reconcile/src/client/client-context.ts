import { deepFreeze } from '../object/json.ts';
import type { KubernetesObject } from '../object/object.ts';
import { keyOf } from '../object/object-key.ts';
import type { ResourceKind } from '../object/resource-kind.ts';
import type { ApiRequestContext, RequestLimits } from './api-request.ts';
import type { SentShapes } from './apply/sent-shapes.ts';
import type { CreationBudget } from './creation-budget.ts';
import type { Fence } from './fence.ts';
import type { WriteObserver } from './observed-write.ts';

/** What the request functions of one client share. */
export interface ClientContext extends ApiRequestContext {
  readonly fieldManager: string;
  readonly limits: RequestLimits;
  readonly fence: Fence | undefined;
  readonly sent: SentShapes;
  readonly creations: CreationBudget;
  readonly observe: WriteObserver;
}

/** Freezes the object that answered a write, tells the observer, and returns it. */
export function observeWritten<T extends KubernetesObject>(
  context: ClientContext,
  kind: ResourceKind<T>,
  object: T,
): T {
  deepFreeze(object);
  if (isHeld(object)) context.observe({ type: 'written', kind, object });
  else observeGone(context, kind, object);
  return object;
}

/** Tells the observer that this incarnation no longer exists. */
export function observeGone(context: ClientContext, kind: ResourceKind, object: KubernetesObject): void {
  const { uid, resourceVersion } = object.metadata;
  if (uid === undefined) return;
  context.sent.forget(uid);
  context.observe({ type: 'deleted', kind, key: keyOf(object), uid, resourceVersion });
}

/** False for the last state of an object whose deletion nothing holds up: neither a finalizer nor a grace period. */
function isHeld({ metadata }: KubernetesObject): boolean {
  if (metadata.deletionTimestamp === undefined) return true;
  return (metadata.finalizers ?? []).length > 0 || (metadata.deletionGracePeriodSeconds ?? 0) > 0;
}
