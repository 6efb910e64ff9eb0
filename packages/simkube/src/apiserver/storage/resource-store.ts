import type { ApiObject } from '../object/api-object.ts';
import type { ChangeRecord } from './change-record.ts';

/** Receives what a store commits, in order. */
export interface Subscription {
  /** Sequence number in the store of the next record to deliver. */
  next: number;
  readonly deliver: (record: ChangeRecord) => void;
}

/** How etcd orders the objects of one resource: by namespace, then by name. */
export function storageKey(object: {
  readonly metadata: { readonly name: string; readonly namespace?: string | undefined };
}): string {
  return keyOfNames(object.metadata.namespace, object.metadata.name);
}

/** The key of a namespace (absent or empty: cluster scope) and a name. */
export function keyOfNames(namespace: string | undefined, name: string): string {
  return namespace === undefined || namespace === '' ? name : `${namespace}/${name}`;
}

const byKey = (left: ApiObject, right: ApiObject): number => {
  const [a, b] = [storageKey(left), storageKey(right)];
  if (a === b) return 0;
  return a < b ? -1 : 1;
};

/**
 * The objects of one resource and a bounded history of their changes. A snapshot of the past is the present with the
 * later changes undone, so pages of one list agree with each other and nothing is ever copied.
 */
export class ResourceStore {
  readonly #objects = new Map<string, ApiObject>();
  #sorted: readonly ApiObject[] | undefined;
  #records: ChangeRecord[] = [];
  #firstSequence = 0;
  #compactedRevision = 0;
  readonly subscriptions = new Set<Subscription>();
  /** The oldest revision that a watch can start from. */
  watchableFrom = 0;

  get size(): number {
    return this.#objects.size;
  }

  /** Records that are readable. */
  get historyLength(): number {
    return this.#records.length;
  }

  /** Sequence number that the next record will get. */
  get endSequence(): number {
    return this.#firstSequence + this.#records.length;
  }

  get(key: string): ApiObject | undefined {
    return this.#objects.get(key);
  }

  /** Every object, or those of one namespace, ordered as etcd orders them. */
  list(namespace?: string): readonly ApiObject[] {
    this.#sorted ??= [...this.#objects.values()].sort(byKey);
    return namespace === undefined
      ? this.#sorted
      : this.#sorted.filter((object) => object.metadata.namespace === namespace);
  }

  /** The objects as they were at `revision`; undefined when the history does not reach back that far. */
  listAt(revision: number, namespace?: string): readonly ApiObject[] | undefined {
    if (revision < this.#compactedRevision) return undefined;
    const past = new Map(this.#objects);
    for (let at = this.#records.length - 1; at >= 0; at -= 1) {
      const record = this.#records[at];
      if (record === undefined || record.revision <= revision) break;
      if (record.previous === undefined) past.delete(storageKey(record.object));
      else past.set(storageKey(record.previous), record.previous);
    }
    return [...past.values()]
      .filter((object) => namespace === undefined || object.metadata.namespace === namespace)
      .sort(byKey);
  }

  /** Sequence number of the first record after `revision`; undefined when that part of the history is gone. */
  sequenceAfter(revision: number): number | undefined {
    if (revision < this.#compactedRevision) return undefined;
    let at = this.#records.length;
    while (at > 0 && (this.#records[at - 1]?.revision ?? 0) > revision) at -= 1;
    return this.#firstSequence + at;
  }

  recordAt(sequence: number): ChangeRecord | undefined {
    return this.#records[sequence - this.#firstSequence];
  }

  append(record: ChangeRecord): void {
    const key = storageKey(record.object);
    if (record.type === 'DELETED') this.#objects.delete(key);
    else this.#objects.set(key, record.object);
    this.#sorted = undefined;
    this.#records.push(record);
  }

  /** Forgets all but the newest `keep` records. */
  trim(keep: number): void {
    const excess = this.#records.length - keep;
    if (excess <= 0) return;
    this.#compactedRevision = this.#records[excess - 1]?.revision ?? this.#compactedRevision;
    this.#records = this.#records.slice(excess);
    this.#firstSequence += excess;
  }

  /** Forgets the whole history up to `revision`, as etcd's compaction does. */
  compact(revision: number): void {
    this.trim(0);
    this.#compactedRevision = revision;
  }
}
