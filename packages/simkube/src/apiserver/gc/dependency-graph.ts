import { referenceTo, type ObjectReference } from '../controllers/object-reference.ts';
import type { ApiObject } from '../object/api-object.ts';
import type { ChangeRecord } from '../storage/change-record.ts';

/** Who exists, and who depends on whom, by uid. */
export class DependencyGraph {
  readonly #present = new Map<string, ObjectReference>();
  readonly #dependents = new Map<string, Set<string>>();

  observe({ type, object, previous }: ChangeRecord): void {
    const uid = object.metadata.uid ?? '';
    for (const owner of ownerUids(previous)) this.#dependents.get(owner)?.delete(uid);
    if (type === 'DELETED') {
      this.#present.delete(uid);
      return;
    }
    this.#present.set(uid, referenceTo(object));
    for (const owner of ownerUids(object)) {
      const dependents = this.#dependents.get(owner) ?? new Set();
      dependents.add(uid);
      this.#dependents.set(owner, dependents);
    }
  }

  get(uid: string): ObjectReference | undefined {
    return this.#present.get(uid);
  }

  dependentsOf(uid: string): readonly ObjectReference[] {
    return [...(this.#dependents.get(uid) ?? [])].flatMap((dependent) => this.#present.get(dependent) ?? []);
  }
}

/** The uids in an object's owner references. */
export function ownerUids(object: ApiObject | undefined): readonly string[] {
  return (object?.metadata.ownerReferences ?? []).map((owner) => owner.uid);
}
