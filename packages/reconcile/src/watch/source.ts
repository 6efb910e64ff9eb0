import type { Informer, ObjectChange } from '../cache/cache.ts';
import type { KubernetesObject } from '../object/object.ts';
import { keyOf, keyText, type ObjectKey } from '../object/object-key.ts';
import { lowPriority } from '../queue/work-queue.ts';
import type { EventHandler } from './event-handler.ts';
import type { Predicate } from './predicate.ts';

/** Puts a key into a controller's queue. */
export type Enqueue = (
  key: ObjectKey,
  options?: { readonly priority?: number; readonly reason?: string; readonly afterMs?: number },
) => void;

/** Where a controller's keys come from. */
export interface Source {
  /** For logs and errors. */
  readonly name: string;
  /** Whether what existed at the start has been enqueued; workers wait for it. */
  readonly hasSynced: boolean;
  /** Starts to enqueue, what exists already first. Returns what stops it. */
  start(enqueue: Enqueue): () => void;
}

/**
 * Enqueues what `handler` finds for each change of a kind that all `predicates` pass. What the cache holds at the
 * start, and resyncs (updates without a new resourceVersion), go behind live changes. An optional source never holds
 * workers up: its kind may not be installed.
 */
export function informerSource<T extends KubernetesObject>(
  informer: Informer<T>,
  handler: EventHandler<T>,
  options: { readonly predicates?: readonly Predicate<T>[]; readonly isOptional?: boolean } = {},
): Source {
  const { kind } = informer.kind;
  const { predicates = [], isOptional = false } = options;
  return {
    name: kind,
    get hasSynced() {
      return isOptional || informer.hasSynced;
    },
    start(enqueue) {
      const receive = (change: ObjectChange<T>): void => {
        if (!predicates.every((predicate) => predicate(change))) return;
        const object = change.type === 'deleted' ? change.previous : change.object;
        const reason = `${kind} ${keyText(keyOf(object))} ${change.type}`;
        const priority = isOldNews(change) ? lowPriority : 0;
        // Old and new state mostly concern the same key. A worker that waits takes the first, so a second would be a pass.
        const keys = new Map([...handler(change)].map((key) => [keyText(key), key]));
        for (const key of keys.values()) enqueue(key, { priority, reason });
      };
      return informer.onChange(receive);
    },
  };
}

function isOldNews(change: ObjectChange<KubernetesObject>): boolean {
  if (change.type === 'added') return change.isInitialList;
  if (change.type === 'deleted') return false;
  return change.object.metadata.resourceVersion === change.previous.metadata.resourceVersion;
}

/** A source for what does not come from the API server: a webhook, a timer, another system. */
export interface ChannelSource extends Source {
  /** Enqueues a key in every controller that has this source. Before a controller has started it is lost. */
  send: Enqueue;
}

/** @param name for the log: it becomes the reason when `send` gives none. */
export function channelSource(name: string): ChannelSource {
  const receivers = new Set<Enqueue>();
  return {
    name,
    hasSynced: true,
    start(enqueue) {
      receivers.add(enqueue);
      return () => {
        receivers.delete(enqueue);
      };
    },
    send(key, options) {
      for (const enqueue of receivers) enqueue(key, { reason: name, ...options });
    },
  };
}
