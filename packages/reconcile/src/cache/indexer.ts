import type { KubernetesObject } from '../object/object.ts';
import { keyOf, keyText, type ObjectKey } from '../object/object-key.ts';
import type { Lister } from './cache.ts';

/** The values under which an object is found. Pure, and only of the object: it runs once per stored version. */
export type IndexFunction<T extends KubernetesObject> = (object: T) => readonly string[];

type Entries<T> = Map<string, T>;

/** Objects by key, by namespace, by owner and by declared indexes. Knows nothing of versions. */
export class Indexer<T extends KubernetesObject> implements Lister<T> {
  readonly #objects: Entries<T> = new Map();
  readonly #indexes = new Map<string, { readonly of: IndexFunction<T>; readonly entries: Map<string, Entries<T>> }>();
  readonly #namespaces = { of: namespaceOf, entries: new Map<string, Entries<T>>() };
  readonly #owners = { of: ownersOf, entries: new Map<string, Entries<T>>() };
  #all: readonly T[] | undefined;

  get size(): number {
    return this.#objects.size;
  }

  /** Adds an index over what is stored already and all that comes. */
  addIndex(name: string, of: IndexFunction<T>): void {
    const index = { of, entries: new Map<string, Entries<T>>() };
    this.#indexes.set(name, index);
    for (const [key, object] of this.#objects) insert(index, key, object);
  }

  get(key: ObjectKey): T | undefined {
    return this.#objects.get(keyText(key));
  }

  list(namespace?: string): readonly T[] {
    if (namespace !== undefined) return [...(this.#namespaces.entries.get(namespace)?.values() ?? [])];
    this.#all ??= Object.freeze([...this.#objects.values()]);
    return this.#all;
  }

  byIndex(index: string, value: string): readonly T[] {
    const declared = this.#indexes.get(index);
    if (declared === undefined) {
      const names = [...this.#indexes.keys()].join(', ') || 'none';
      throw new Error(`no index ${JSON.stringify(index)} was declared for this informer (declared: ${names})`);
    }
    return [...(declared.entries.get(value)?.values() ?? [])];
  }

  ownedBy(ownerUid: string): readonly T[] {
    return [...(this.#owners.entries.get(ownerUid)?.values() ?? [])];
  }

  set(object: T): void {
    const key = keyText(keyOf(object));
    const previous = this.#objects.get(key);
    if (previous === object) return;
    for (const index of this.#everyIndex()) {
      if (previous !== undefined) remove(index, key, previous);
      insert(index, key, object);
    }
    this.#objects.set(key, object);
    this.#all = undefined;
  }

  delete(key: ObjectKey): void {
    const text = keyText(key);
    const previous = this.#objects.get(text);
    if (previous === undefined) return;
    for (const index of this.#everyIndex()) remove(index, text, previous);
    this.#objects.delete(text);
    this.#all = undefined;
  }

  *#everyIndex(): Iterable<{ readonly of: IndexFunction<T>; readonly entries: Map<string, Entries<T>> }> {
    yield this.#namespaces;
    yield this.#owners;
    yield* this.#indexes.values();
  }
}

interface Index<T extends KubernetesObject> {
  readonly of: IndexFunction<T>;
  readonly entries: Map<string, Entries<T>>;
}

function insert<T extends KubernetesObject>(index: Index<T>, key: string, object: T): void {
  for (const value of index.of(object)) {
    const entries = index.entries.get(value);
    if (entries === undefined) index.entries.set(value, new Map([[key, object]]));
    else entries.set(key, object);
  }
}

function remove<T extends KubernetesObject>(index: Index<T>, key: string, object: T): void {
  for (const value of index.of(object)) {
    const entries = index.entries.get(value);
    entries?.delete(key);
    if (entries?.size === 0) index.entries.delete(value);
  }
}

function namespaceOf(object: KubernetesObject): readonly string[] {
  return object.metadata.namespace === undefined ? [] : [object.metadata.namespace];
}

function ownersOf(object: KubernetesObject): readonly string[] {
  return object.metadata.ownerReferences?.map((owner) => owner.uid) ?? [];
}
