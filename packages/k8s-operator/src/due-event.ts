import type { KubernetesObject } from '@canaryop/reconcile/object';

/** What a handler knows of one name. */
export interface Told {
  /** The object that it was handed last, whether it could deal with it or not. */
  readonly last?: KubernetesObject;
  /** The resourceVersion that it has dealt with last, of that incarnation; undefined before the first. */
  readonly handledVersion?: string | undefined;
  /** That incarnation in its last state, when it is gone. */
  readonly gone?: KubernetesObject;
  /** The handler is to see the object again, though nothing has changed. */
  readonly isRepeated?: boolean;
}

/** An event that a handler has not dealt with. */
export interface DueEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubernetesObject;
}

/** Of a name that the handler was never told of. */
export const untold: Told = {};

/**
 * The next event for a handler, from what it was told and what there is now. States in between are not told: what
 * changed three times while a handler was busy is one event, with the newest state. A deletion always is, of whatever
 * the handler was told of, and before a new object of the same name.
 */
export function dueEvent(told: Told, live: KubernetesObject | undefined): DueEvent | undefined {
  if (told.gone !== undefined) return { type: 'DELETED', object: told.gone };
  if (live === undefined) return undefined;
  // Until a handler has dealt with an object, it is new to it.
  if (!isOf(told, live) || told.handledVersion === undefined) return { type: 'ADDED', object: live };
  if (told.handledVersion !== live.metadata.resourceVersion) return { type: 'MODIFIED', object: live };
  // The original says ADDED of everything whenever its watch begins anew, so handlers are used to that.
  return told.isRepeated === true ? { type: 'ADDED', object: live } : undefined;
}

/** Once the event is in the handler's hands. */
export function handed(told: Told, { type, object }: DueEvent): Told {
  if (type === 'DELETED') return told;
  return { ...told, last: object, handledVersion: isOf(told, object) ? told.handledVersion : undefined };
}

/** Once the handler has dealt with the event. */
export function handled(told: Told, { type, object }: DueEvent): Told {
  if (type === 'DELETED') return untold;
  return { ...told, handledVersion: object.metadata.resourceVersion, isRepeated: false };
}

/** Once an incarnation has disappeared. The handler need not know of one that it was never handed. */
export function disappeared(told: Told, object: KubernetesObject): Told {
  return isOf(told, object) ? { ...told, gone: object } : told;
}

function isOf({ last }: Told, object: KubernetesObject): boolean {
  return last !== undefined && last.metadata.uid === object.metadata.uid;
}
