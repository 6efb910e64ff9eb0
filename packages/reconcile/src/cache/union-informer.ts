import type { KubernetesObject } from '../object/object.ts';
import type { ObjectKey } from '../object/object-key.ts';
import type { ResourceKind } from '../object/resource-kind.ts';
import type { Informer, InformerProblem, Lister, ObjectChange } from './cache.ts';

/** One kind in several namespaces, each watched alone, as a Role for each of them allows. */
export class UnionInformer<T extends KubernetesObject> implements Informer<T> {
  readonly kind: ResourceKind<T>;
  readonly lister: Lister<T>;
  readonly #members: readonly Informer<T>[];

  /** @param members by namespace. */
  constructor(kind: ResourceKind<T>, members: ReadonlyMap<string, Informer<T>>) {
    this.kind = kind;
    this.#members = [...members.values()];
    this.lister = unionLister(members);
  }

  get hasSynced(): boolean {
    return this.#members.every((member) => member.hasSynced);
  }

  get problem(): InformerProblem | undefined {
    return this.#members.find((member) => member.problem !== undefined)?.problem;
  }

  onChange(handler: (change: ObjectChange<T>) => void): () => void {
    const leaves = this.#members.map((member) => member.onChange(handler));
    return () => {
      for (const leave of leaves) leave();
    };
  }
}

function unionLister<T extends KubernetesObject>(members: ReadonlyMap<string, Informer<T>>): Lister<T> {
  const all = (read: (lister: Lister<T>) => readonly T[]): readonly T[] =>
    [...members.values()].flatMap((member) => read(member.lister));
  return {
    get: (key: ObjectKey) => members.get(key.namespace ?? '')?.lister.get(key),
    list: (namespace) =>
      namespace === undefined ? all((lister) => lister.list()) : (members.get(namespace)?.lister.list() ?? []),
    byIndex: (index, value) => all((lister) => lister.byIndex(index, value)),
    ownedBy: (ownerUid) => all((lister) => lister.ownedBy(ownerUid)),
  };
}
