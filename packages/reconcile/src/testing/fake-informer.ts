import type { Informer, InformerProblem, Lister, ObjectChange } from '../cache/cache.ts';
import type { KubernetesObject } from '../object/object.ts';
import { keyOf, keyText } from '../object/object-key.ts';
import type { ResourceKind } from '../object/resource-kind.ts';

/** An informer whose cache is set by hand, for tests of what hangs on one. */
export interface FakeInformer<T extends KubernetesObject> extends Informer<T> {
  hasSynced: boolean;
  problem: InformerProblem | undefined;
  /** Adds or replaces an object and tells the handlers. */
  put(object: T, options?: { readonly isInitialList?: boolean }): void;
  /** Removes an object and tells the handlers. */
  remove(object: T): void;
}

/** @param kind of its objects. It has synced from the start; set `hasSynced` to say otherwise. */
export function fakeInformer<T extends KubernetesObject>(kind: ResourceKind<T>): FakeInformer<T> {
  const objects = new Map<string, T>();
  const handlers = new Set<(change: ObjectChange<T>) => void>();
  const tell = (change: ObjectChange<T>): void => {
    for (const handler of handlers) handler(change);
  };
  const lister: Lister<T> = {
    get: (key) => objects.get(keyText(key)),
    list: (namespace) =>
      [...objects.values()].filter((object) => namespace === undefined || object.metadata.namespace === namespace),
    byIndex: (index) => {
      throw new Error(`no index ${index} was declared`);
    },
    ownedBy: (uid) =>
      [...objects.values()].filter((object) => object.metadata.ownerReferences?.some((owner) => owner.uid === uid)),
  };
  return {
    kind,
    lister,
    hasSynced: true,
    problem: undefined,
    onChange(handler) {
      handlers.add(handler);
      for (const object of objects.values()) handler({ type: 'added', object, isInitialList: true });
      return () => {
        handlers.delete(handler);
      };
    },
    put(object, options = {}) {
      const key = keyText(keyOf(object));
      const previous = objects.get(key);
      objects.set(key, object);
      if (previous === undefined) tell({ type: 'added', object, isInitialList: options.isInitialList ?? false });
      else tell({ type: 'updated', object, previous });
    },
    remove(object) {
      const key = keyText(keyOf(object));
      const previous = objects.get(key);
      if (previous === undefined) return;
      objects.delete(key);
      tell({ type: 'deleted', previous });
    },
  };
}
