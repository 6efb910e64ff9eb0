import type { Occurrence } from './event.ts';

/** What to do about an occurrence. `key` names the Event that stands for it and all that are like it. */
export type Correlation =
  | { readonly type: 'write'; readonly key: string; readonly occurrence: Occurrence }
  | { readonly type: 'drop' };

/** Bounds, with client-go's defaults. */
export interface CorrelatorOptions {
  /** Different messages of one reason about one object within the window, before they share one Event. @default 10 */
  readonly maxSimilar?: number;
  /** @default 600_000 */
  readonly similarWindowMs?: number;
  /** Events about one object at once, before it is considered spam. @default 25 */
  readonly burst?: number;
  /** One further event about the object per this time. @default 300_000 */
  readonly refillMs?: number;
  /** Objects and groups remembered; the oldest are forgotten first. @default 4096 */
  readonly capacity?: number;
}

interface Bucket {
  readonly tokens: number;
  readonly atMs: number;
}

interface Group {
  readonly messages: ReadonlySet<string>;
  readonly atMs: number;
}

/**
 * Decides which occurrences are written, and under which Event, as client-go's correlator does: equal ones share one
 * Event whose count grows; many that differ only in their message share one "combined" Event; and one object
 * cannot fill etcd, because each has a token bucket.
 */
export class EventCorrelator {
  readonly #options: Required<CorrelatorOptions>;
  readonly #buckets = new Map<string, Bucket>();
  readonly #groups = new Map<string, Group>();

  constructor(options: CorrelatorOptions = {}) {
    this.#options = {
      maxSimilar: 10,
      similarWindowMs: 600_000,
      burst: 25,
      refillMs: 300_000,
      capacity: 4096,
      ...options,
    };
  }

  correlate(occurrence: Occurrence): Correlation {
    const { about, type, reason, message } = occurrence;
    const object = JSON.stringify([about.kind, about.namespace, about.name, about.uid]);
    const group = JSON.stringify([object, type, reason]);
    const isCombined = this.#countSimilar(group, occurrence) > this.#options.maxSimilar;
    if (!this.#takeToken(object, occurrence.atMs)) return { type: 'drop' };
    if (!isCombined) return { type: 'write', key: JSON.stringify([group, message]), occurrence };
    return {
      type: 'write',
      key: group,
      occurrence: { ...occurrence, message: `(combined from similar events): ${message}` },
    };
  }

  #countSimilar(key: string, { message, atMs }: Occurrence): number {
    const known = this.#groups.get(key);
    const isOver = known === undefined || atMs - known.atMs > this.#options.similarWindowMs;
    const messages = isOver ? new Set([message]) : new Set([...known.messages, message]);
    const isFull = messages.size > this.#options.maxSimilar + 1;
    this.#remember(this.#groups, key, { messages: isFull && known ? known.messages : messages, atMs });
    return messages.size;
  }

  #takeToken(key: string, atMs: number): boolean {
    const { burst, refillMs } = this.#options;
    const bucket = this.#buckets.get(key) ?? { tokens: burst, atMs };
    const tokens = Math.min(burst, bucket.tokens + Math.max(0, atMs - bucket.atMs) / refillMs);
    this.#remember(this.#buckets, key, { tokens: tokens >= 1 ? tokens - 1 : tokens, atMs });
    return tokens >= 1;
  }

  /** A Map keeps the order of insertion: setting anew moves the key to the end, and the first one is the oldest. */
  #remember<V>(map: Map<string, V>, key: string, value: V): void {
    map.delete(key);
    map.set(key, value);
    const [oldest] = map.keys();
    if (map.size > this.#options.capacity && oldest !== undefined) map.delete(oldest);
  }
}
