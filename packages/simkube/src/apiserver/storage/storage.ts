import { withMetadata, type ApiObject } from '../object/api-object.ts';
import { deepFreeze } from '../object/deep-freeze.ts';
import type { ChangeRecord } from './change-record.ts';
import { ResourceStore, storageKey, type Subscription } from './resource-store.ts';

/** A store with news; the record is absent when only a new subscriber has to catch up. */
interface Undelivered {
  readonly store: ResourceStore;
  readonly record?: ChangeRecord;
}

/** Records of one resource that are kept before the history is halved. */
const defaultHistory = 4000;

/**
 * What etcd is to a real API server: every object, one revision for all of them, and the changes in order.
 * Subscribers hear of a change in a microtask after it, in the order of revisions over all resources, never from
 * inside the write.
 */
export class Storage {
  #revision = 1;
  readonly #stores = new Map<string, ResourceStore>();
  readonly #history: number;
  #undelivered: Undelivered[] = [];
  readonly #observers = new Set<(record: ChangeRecord) => void>();

  /** @param history number of records of each resource that stay readable (default 4000, at least 1). */
  constructor(history = defaultHistory) {
    this.#history = Math.max(1, history);
  }

  /** The revision of the last commit. */
  get revision(): number {
    return this.#revision;
  }

  /** The server starts: watches of what was before are too old. */
  start(): void {
    for (const store of this.#stores.values()) store.watchableFrom = this.#revision;
  }

  /** The store of a resource, by `plural.group`; made on first use. */
  store(groupResource: string): ResourceStore {
    let store = this.#stores.get(groupResource);
    if (store === undefined) {
      store = new ResourceStore();
      store.watchableFrom = this.#revision;
      this.#stores.set(groupResource, store);
    }
    return store;
  }

  /** Every store that was ever used. */
  stores(): Iterable<readonly [string, ResourceStore]> {
    return this.#stores.entries();
  }

  /** Creates or replaces an object and returns it as stored: frozen, with its new resourceVersion. */
  put(store: ResourceStore, object: ApiObject): ApiObject {
    const previous = store.get(storageKey(object));
    const stored = this.#stamp(object);
    this.#commit(store, {
      revision: this.#revision,
      type: previous === undefined ? 'ADDED' : 'MODIFIED',
      object: stored,
      ...(previous === undefined ? {} : { previous }),
    });
    return stored;
  }

  /** Removes an object and returns its last state, stamped with the revision of the removal. */
  remove(store: ResourceStore, object: ApiObject): ApiObject {
    const previous = store.get(storageKey(object)) ?? object;
    const last = this.#stamp(object);
    this.#commit(store, { revision: this.#revision, type: 'DELETED', object: last, previous });
    return last;
  }

  /**
   * Delivers each record from sequence number `from` on. Returns the unsubscription, after which nothing more is
   * delivered.
   */
  subscribe(store: ResourceStore, from: number, deliver: (record: ChangeRecord) => void): () => void {
    const subscription: Subscription = { next: from, deliver };
    store.subscriptions.add(subscription);
    if (from < store.endSequence) this.#schedule({ store });
    return () => {
      store.subscriptions.delete(subscription);
    };
  }

  /** Calls `observe` with every change of every resource from now on, in order. Returns the unsubscription. */
  observe(observe: (record: ChangeRecord) => void): () => void {
    this.#observers.add(observe);
    return () => {
      this.#observers.delete(observe);
    };
  }

  /** Forgets all history: a watch or a page that needs it gets 410, as after a compaction of etcd. */
  compact(): void {
    this.#deliver();
    for (const store of this.#stores.values()) store.compact(this.#revision);
  }

  #stamp(object: ApiObject): ApiObject {
    this.#revision += 1;
    return deepFreeze(withMetadata(object, { resourceVersion: String(this.#revision) }));
  }

  #commit(store: ResourceStore, record: ChangeRecord): void {
    store.append(record);
    this.#schedule({ store, record });
  }

  #schedule(news: Undelivered): void {
    this.#undelivered.push(news);
    if (this.#undelivered.length === 1) {
      queueMicrotask(() => {
        this.#deliver();
      });
    }
  }

  #deliver(): void {
    const news = this.#undelivered;
    this.#undelivered = [];
    for (const { store, record } of news) {
      if (record !== undefined) for (const observe of this.#observers) observe(record);
      for (const subscription of store.subscriptions) deliverNext(store, subscription);
    }
    for (const store of new Set(news.map((each) => each.store))) {
      for (const subscription of store.subscriptions) {
        while (subscription.next < store.endSequence && store.subscriptions.has(subscription)) {
          deliverNext(store, subscription);
        }
      }
      if (store.historyLength > 2 * this.#history) store.trim(this.#history);
    }
  }
}

function deliverNext(store: ResourceStore, subscription: Subscription): void {
  const record = store.recordAt(subscription.next);
  if (record === undefined) return;
  subscription.next += 1;
  subscription.deliver(record);
}
