import { keyOf, keyText, type KubernetesObject, type ObjectKey, type ResourceKind } from '@canaryop/reconcile/object';

import type { Loopback } from '../apiserver/loopback.ts';

/**
 * Which objects of one kind a controlling owner has. Only names are kept: what is returned is read fresh, so a sync
 * never decides on an object that its own last write has changed.
 */
export class OwnedObjects<T extends KubernetesObject> {
  readonly #api: Loopback;
  readonly #kind: ResourceKind<T>;
  readonly #byOwner = new Map<string, Map<string, ObjectKey>>();

  constructor(api: Loopback, kind: ResourceKind<T>) {
    this.#api = api;
    this.#kind = kind;
  }

  /** Follows the kind; `onChange` gets each changed object that has a controller. Returns the unsubscription. */
  watch(onChange: (object: T) => void): () => void {
    return this.#api.watch(this.#kind, (event) => {
      if (event.type === 'DELETED') this.#forget(event.object);
      else this.add(event.object);
      if (controllerOf(event.object) !== undefined) onChange(event.object);
    });
  }

  /** Counts an object that the caller has just created, before its event arrives. */
  add(object: T): void {
    const owner = controllerOf(object)?.uid;
    if (owner === undefined) return;
    const owned = this.#byOwner.get(owner) ?? new Map<string, ObjectKey>();
    owned.set(keyText(keyOf(object)), keyOf(object));
    this.#byOwner.set(owner, owned);
  }

  /** The owner's objects as they are at this moment. */
  of(ownerUid: string): readonly T[] {
    return [...(this.#byOwner.get(ownerUid)?.values() ?? [])]
      .map((key) => this.#api.get(this.#kind, key))
      .filter((object) => object !== undefined)
      .filter((object) => controllerOf(object)?.uid === ownerUid);
  }

  #forget(object: T): void {
    const owner = controllerOf(object)?.uid;
    if (owner === undefined) return;
    const owned = this.#byOwner.get(owner);
    // A successor under the same name may have been added before this event of its predecessor arrived.
    if (this.#api.get(this.#kind, keyOf(object)) === undefined) owned?.delete(keyText(keyOf(object)));
    if (owned?.size === 0) this.#byOwner.delete(owner);
  }
}

/** The owner reference that says who controls the object. */
export function controllerOf(
  object: KubernetesObject,
): { readonly kind: string; readonly name: string; readonly uid: string } | undefined {
  return object.metadata.ownerReferences?.find((reference) => reference.controller === true);
}
