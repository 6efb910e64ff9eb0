import { forbiddenValue } from '../../schema/field-error.ts';
import type { ApiCore } from '../api-core.ts';
import { withMetadata, type ApiObject } from '../object/api-object.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import { expired, invalidOption } from '../status/refusals.ts';
import { StatusError } from '../status/status-error.ts';
import type { ChangeRecord } from '../storage/change-record.ts';
import { checkSelectors, selectionPredicate, type Selection } from './selection.ts';

/** A watch request. */
export interface WatchQuery extends Selection {
  readonly resourceVersion?: string | undefined;
  readonly allowBookmarks?: boolean;
  /** WatchList (KEP-3157): what exists first, then a bookmark that says so. */
  readonly sendInitialEvents?: boolean | undefined;
  readonly resourceVersionMatch?: string | undefined;
  /** When the watch will be ended, after this many milliseconds; undefined: not by time. */
  readonly timeoutMs?: number;
}

/** Something to tell a watcher. Objects are as stored. */
export type WatchOutput =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: ApiObject }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string; readonly isInitialEventsEnd: boolean };

const bookmarkIntervalMs = 60_000;
/** A last bookmark so long before the end of a watch, so that the next one goes on from about now. */
const lastBookmarkMs = 2000;

/**
 * Starts a watch. Without a resourceVersion, or with 0, what exists comes first as ADDED. A revision whose history is
 * gone is refused with 410. `emit` is never called from inside this function. Returns the end of the watch.
 */
export function watchObjects(
  core: ApiCore,
  resource: ServedResource,
  query: WatchQuery,
  emit: (output: WatchOutput) => void,
): () => void {
  checkSelectors(resource, query);
  checkInitialEvents(query);
  const predicate = selectionPredicate(resource, query) ?? (() => true);
  const { store } = resource;
  const asked = query.resourceVersion ?? '';
  const isFromNow = asked === '' || asked === '0' || query.sendInitialEvents === true;
  const initial = isFromNow && query.sendInitialEvents !== false ? store.list(query.namespace).filter(predicate) : [];
  const from = isFromNow ? store.endSequence : sequenceAfter(resource, watchRevision(asked));
  if (from === undefined) throw expired(`too old resource version: ${asked} (${core.storage.revision})`);
  const startRevision = core.storage.revision;
  const isEndTold = query.sendInitialEvents ?? true;
  let isOpen = true;
  let hasStarted = false;
  const start = (): void => {
    if (hasStarted) return;
    hasStarted = true;
    for (const object of initial) if (isOpen) emit({ type: 'ADDED', object });
    if (isOpen && isFromNow && isEndTold && query.allowBookmarks === true) {
      emit({ type: 'BOOKMARK', resourceVersion: String(startRevision), isInitialEventsEnd: true });
    }
  };

  // Whichever comes first: what was there always precedes what changed since.
  queueMicrotask(start);
  const unsubscribe = core.storage.subscribe(store, from, (record) => {
    start();
    const output = outputFor(record, predicate);
    if (isOpen && output !== undefined) emit(output);
  });
  const cancelBookmarks = query.allowBookmarks === true ? sendBookmarks(core, query, emit) : () => undefined;
  return () => {
    isOpen = false;
    unsubscribe();
    cancelBookmarks();
  };
}

/** A watch from what is no version is the server's own failure, unlike a list of one. */
function watchRevision(asked: string): number {
  if (/^\d{1,15}$/u.test(asked)) return Number(asked);
  throw new StatusError({ code: 500, message: `resourceVersion: Invalid value: ${JSON.stringify(asked)}` });
}

function sequenceAfter({ store }: ServedResource, revision: number): number | undefined {
  return revision < store.watchableFrom ? undefined : store.sequenceAfter(revision);
}

function checkInitialEvents(query: WatchQuery): void {
  if (query.sendInitialEvents === undefined || query.resourceVersionMatch === 'NotOlderThan') return;
  const rule = 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan';
  throw invalidOption('ListOptions', forbiddenValue('resourceVersionMatch', rule));
}

/** What one change is to a watcher who sees only the selected objects. */
function outputFor(record: ChangeRecord, isSelected: (object: ApiObject) => boolean): WatchOutput | undefined {
  const isNow = record.type !== 'DELETED' && isSelected(record.object);
  const wasBefore = record.previous !== undefined && isSelected(record.previous);
  if (isNow) return { type: wasBefore ? 'MODIFIED' : 'ADDED', object: record.object };
  if (!wasBefore || record.previous === undefined) return undefined;
  // As it was when it was last seen, at the version of the change.
  const { resourceVersion } = record.object.metadata;
  return { type: 'DELETED', object: withMetadata(record.previous, { resourceVersion }) };
}

function sendBookmarks(
  core: ApiCore,
  { timeoutMs = Infinity }: WatchQuery,
  emit: (output: WatchOutput) => void,
): () => void {
  const { clock, timers } = core.env;
  const lastAtMs = clock.monotonic() + timeoutMs - lastBookmarkMs;
  let cancel = (): void => undefined;
  const schedule = (): void => {
    const untilLastMs = lastAtMs - clock.monotonic();
    const isLastNext = untilLastMs > 0 && untilLastMs < bookmarkIntervalMs;
    cancel = timers.schedule(isLastNext ? untilLastMs : bookmarkIntervalMs, () => {
      // Every change up to now was delivered: delivery is a microtask, and this is a timer.
      emit({ type: 'BOOKMARK', resourceVersion: String(core.storage.revision), isInitialEventsEnd: false });
      schedule();
    });
  };
  schedule();
  return () => {
    cancel();
  };
}
