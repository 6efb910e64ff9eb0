import { keyOf, keyText, type KubernetesObject, type ObjectKey } from '@canaryop/reconcile/object';

/**
 * Whose status this process has seen confirmed by the server. A process that begins to lead has caches of different
 * ages: a predecessor's last record may be missing from one while its last weight is in the other. Once the server has
 * taken or confirmed a record, no other process writes it, and the cache shows it or a newer one.
 */
export class CurrentRecords {
  readonly #uids = new Map<string, string | undefined>();

  has({ metadata }: KubernetesObject): boolean {
    return this.#uids.get(keyText(keyOf({ metadata }))) === metadata.uid && metadata.uid !== undefined;
  }

  /** The server has answered a write of this object's status. */
  add({ metadata }: KubernetesObject): void {
    this.#uids.set(keyText(keyOf({ metadata })), metadata.uid);
  }

  /** Forgets an application that is gone. */
  forget(key: ObjectKey): void {
    this.#uids.delete(keyText(key));
  }
}
