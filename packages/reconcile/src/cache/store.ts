import { jsonEqual } from '../object/json.ts';
import type { KubernetesObject } from '../object/object.ts';
import { keyOf, keyText, type ObjectKey } from '../object/object-key.ts';
import { compareResourceVersions, isOlder } from '../object/resource-version.ts';
import type { ObjectChange } from './cache.ts';
import { Indexer } from './indexer.ts';
import { isOutdated, isPassed, Overlay, type PendingWrite } from './overlay.ts';
import type { ChangeType } from './watch-event.ts';

/**
 * One kind in memory: what the watch has delivered, and over it the answers to our own writes that the watch has not
 * delivered yet. `view` is both together, indexed. Changes are reported as the watch delivers them, never for a write's
 * answer, so every change is reported once.
 */
export class Store<T extends KubernetesObject> {
  readonly view = new Indexer<T>();
  readonly #overlay = new Overlay<T>();
  #seen: string | undefined;
  #hasList = false;
  /** Versions name other states than before, so only contents tell whether an object has changed. */
  #hasRestarted = false;

  /** How many of our writes the watch still has to deliver. */
  get pendingWrites(): number {
    return this.#overlay.size;
  }

  /**
   * The watch's copy of this very version, if it is here: the same reference can stand for it, and no work is done twice.
   */
  known(object: T): T | undefined {
    if (this.#hasRestarted) return undefined;
    const key = keyText(keyOf(object));
    const pending = this.#overlay.get(key);
    const candidates = [pending?.shown, pending?.watched, this.view.get(keyOf(object))];
    return candidates.find((candidate) => candidate !== undefined && isSameVersion(candidate, object));
  }

  /** What the watch has delivered for a key, our own writes aside. */
  watched(key: ObjectKey): T | undefined {
    const pending = this.#overlay.get(keyText(key));
    return pending === undefined ? this.view.get(key) : pending.watched;
  }

  /** Everything that the watch has delivered, our own writes aside. */
  *watchedObjects(): Iterable<T> {
    for (const object of this.view.list()) {
      if (this.#overlay.get(keyText(keyOf(object))) === undefined) yield object;
    }
    for (const [, pending] of this.#overlay.entries()) {
      if (pending.watched !== undefined) yield pending.watched;
    }
  }

  /** Takes a whole list as the state at `version`: what it does not have is gone. */
  replace(objects: readonly T[], version: string): readonly ObjectChange<T>[] {
    const isInitialList = !this.#hasList;
    this.#hasList = true;
    this.#seen = version;
    const listed = new Set(objects.map((object) => keyText(keyOf(object))));
    const changes: ObjectChange<T>[] = [];
    for (const previous of this.watchedObjects()) {
      if (listed.has(keyText(keyOf(previous)))) continue;
      this.#setWatched(keyOf(previous), undefined);
      changes.push({ type: 'deleted', previous });
    }
    for (const object of objects) changes.push(...this.#upsert(object, isInitialList));
    this.#dropStaleDeletions(version);
    this.#catchUp(version);
    this.#hasRestarted = false;
    return changes;
  }

  /**
   * Stops to rely on versions until the next list, because the server's history has begun anew. Our own writes that the
   * watch had not delivered are gone with the old one.
   */
  restart(): void {
    this.#hasRestarted = true;
    this.#seen = undefined;
    for (const [key, { watched }] of this.#overlay.entries()) {
      this.#overlay.delete(key);
      this.#reveal(key, watched);
    }
  }

  /** Takes one event of the watch. */
  change(type: ChangeType, object: T): readonly ObjectChange<T>[] {
    const version = object.metadata.resourceVersion ?? '';
    this.#seen = version;
    const changes = type === 'DELETED' ? this.#remove(object) : this.#upsert(object, false);
    this.#catchUp(version);
    return changes;
  }

  /** Everything up to this version has been delivered. */
  bookmark(version: string): void {
    this.#seen = version;
    this.#catchUp(version);
  }

  /**
   * Shows the answer to one of our writes until the watch has caught up with it.
   * @param isInScope false when the write took the object out of what the watch selects: then it is hidden instead.
   */
  observeWritten(object: T, isInScope = true): void {
    const key = keyText(keyOf(object));
    const { uid, resourceVersion } = object.metadata;
    if (uid === undefined || resourceVersion === undefined || !this.#isAhead(resourceVersion)) return;
    if (isOutdated(this.#overlay.get(key), object)) return;
    const watched = this.watched(keyOf(object));
    this.#show(key, { uid, resourceVersion, shown: isInScope ? object : undefined, isDeletion: false, watched });
  }

  /**
   * Hides an incarnation that one of our deletions ended, until the watch says so too.
   * @param resourceVersion of the object whose deletion was decided.
   */
  observeDeleted(key: ObjectKey, uid: string, resourceVersion = ''): void {
    const shown = this.view.get(key);
    const watched = this.watched(key);
    const isAhead = this.#isAhead(resourceVersion);
    // Neither shown nor awaited: the watch has reported this deletion already.
    if (shown === undefined && !isAhead) return;
    // Another incarnation is shown: a later one has the name by now, unless the watch has yet to reach the deleted one.
    const isOther = shown !== undefined && shown.metadata.uid !== uid;
    if (isOther && !(isAhead && isOlder(shown.metadata.resourceVersion, resourceVersion))) return;
    this.#show(keyText(key), { uid, resourceVersion, shown: undefined, isDeletion: true, watched });
  }

  #show(key: string, pending: PendingWrite<T>): void {
    const evicted = this.#overlay.set(key, pending);
    this.#reveal(key, pending.shown);
    if (evicted !== undefined) this.#reveal(evicted.key, evicted.watched);
  }

  /** Whether the watch has yet to deliver this version. One that cannot be compared would never be known to pass. */
  #isAhead(version: string): boolean {
    return compareResourceVersions(version, version) === 0 && !isPassed(version, this.#seen);
  }

  #upsert(object: T, isInitialList: boolean): readonly ObjectChange<T>[] {
    const previous = this.watched(keyOf(object));
    if (previous !== undefined && this.#isSame(previous, object)) return [];
    this.#setWatched(keyOf(object), object);
    if (previous === undefined) return [{ type: 'added', object, isInitialList }];
    if (previous.metadata.uid === object.metadata.uid) return [{ type: 'updated', object, previous }];
    return [
      { type: 'deleted', previous },
      { type: 'added', object, isInitialList: false },
    ];
  }

  #isSame(previous: T, object: T): boolean {
    return this.#hasRestarted ? jsonEqual(previous, object) : isSameVersion(previous, object);
  }

  #remove(object: T): readonly ObjectChange<T>[] {
    const key = keyOf(object);
    const { uid } = object.metadata;
    const previous = this.watched(key);
    const pending = this.#overlay.get(keyText(key));
    if (pending?.isDeletion === true && pending.uid === uid) this.#overlay.delete(keyText(key));
    if (previous === undefined || previous.metadata.uid !== uid) return [];
    this.#setWatched(key, undefined);
    return [{ type: 'deleted', previous }];
  }

  /** Records what the watch says of a key; it shows unless a write of ours is ahead of it. */
  #setWatched(key: ObjectKey, watched: T | undefined): void {
    const text = keyText(key);
    const pending = this.#overlay.get(text);
    if (pending !== undefined && !(pending.isDeletion && isSuccessor(watched, pending))) {
      this.#overlay.noteWatched(text, watched);
      return;
    }
    this.#overlay.delete(text);
    this.#reveal(text, watched);
  }

  #catchUp(version: string): void {
    for (const [key, watched] of this.#overlay.takePassed(version)) this.#reveal(key, watched);
  }

  #reveal(key: string, watched: T | undefined): void {
    if (watched === undefined) this.view.delete(parseKey(key));
    else this.view.set(watched);
  }

  /** A list at least as new as the deleted object, and without it: the watch will not report the deletion any more. */
  #dropStaleDeletions(version: string): void {
    for (const [key, pending] of this.#overlay.entries()) {
      if (!pending.isDeletion || pending.watched?.metadata.uid === pending.uid) continue;
      if (pending.resourceVersion === '' || isPassed(pending.resourceVersion, version)) this.#overlay.delete(key);
    }
  }
}

/** Whether the watch shows what came after an incarnation that we deleted. */
function isSuccessor<T extends KubernetesObject>(watched: T | undefined, deleted: PendingWrite<T>): boolean {
  if (watched === undefined || watched.metadata.uid === deleted.uid) return false;
  return !isOlder(watched.metadata.resourceVersion, deleted.resourceVersion);
}

function isSameVersion(left: KubernetesObject, right: KubernetesObject): boolean {
  const { uid, resourceVersion } = left.metadata;
  return resourceVersion === right.metadata.resourceVersion && uid === right.metadata.uid;
}

function parseKey(text: string): ObjectKey {
  const slash = text.indexOf('/');
  return slash === -1 ? { name: text } : { namespace: text.slice(0, slash), name: text.slice(slash + 1) };
}
