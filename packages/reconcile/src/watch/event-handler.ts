import type { ObjectChange } from '../cache/cache.ts';
import type { KubernetesObject } from '../object/object.ts';
import { keyOf, type ObjectKey } from '../object/object-key.ts';
import type { ResourceKind } from '../object/resource-kind.ts';

/** Says which keys a change concerns. Keys may repeat: each is enqueued once. */
export type EventHandler<T extends KubernetesObject> = (change: ObjectChange<T>) => Iterable<ObjectKey>;

/** The changed object itself. */
export const enqueueSelf: EventHandler<KubernetesObject> = (change) => [
  keyOf(change.type === 'deleted' ? change.previous : change.object),
];

/**
 * The controller that owns the changed object, if it is of kind `owner`; on an update the former one too.
 * The version in the reference does not matter: only group and kind are compared.
 */
export function enqueueOwner(owner: ResourceKind): EventHandler<KubernetesObject> {
  return (change) => objectsOf(change).flatMap((object) => ownerKeys(object, owner));
}

/** The keys that `map` finds; on an update of both the former and the present object, so that no link is lost. */
export function enqueueMapped<T extends KubernetesObject>(map: (object: T) => Iterable<ObjectKey>): EventHandler<T> {
  return (change) => objectsOf(change).flatMap((object) => [...map(object)]);
}

function objectsOf<T extends KubernetesObject>(change: ObjectChange<T>): readonly T[] {
  switch (change.type) {
    case 'added':
      return [change.object];
    case 'updated':
      return [change.previous, change.object];
    case 'deleted':
      return [change.previous];
  }
}

function ownerKeys(object: KubernetesObject, owner: ResourceKind): readonly ObjectKey[] {
  const { namespace, ownerReferences = [] } = object.metadata;
  return ownerReferences
    .filter((reference) => reference.controller === true && reference.kind === owner.kind)
    .filter((reference) => groupOf(reference.apiVersion) === owner.group)
    .map(({ name }) => (owner.namespaced && namespace !== undefined ? { namespace, name } : { name }));
}

function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}
