import type { Env } from '../env/env.ts';
import type { Cancel } from '../env/timers.ts';
import { Heap, type HeapElement } from './heap.ts';
import { exponentialBackoff, type RateLimiter } from './rate-limiter.ts';

/** Told what happens in a queue. Durations are milliseconds of the monotonic clock. */
export interface QueueMetrics {
  added(): void;
  /** A key was added to be tried again after a failure. */
  retried(): void;
  /** A key was handed to a worker, this long after it became ready. */
  started(queuedMs: number): void;
  /** A worker is done with a key. */
  finished(workedMs: number): void;
}

/** What a new queue needs. */
export interface WorkQueueOptions<T> {
  readonly env: Pick<Env, 'clock' | 'timers'>;
  /** Two items with the same key are the same work. */
  readonly keyOf: (item: T) => string;
  /** @default exponential back-off, 5 ms to 1000 s */
  readonly rateLimiter?: RateLimiter;
  readonly metrics?: QueueMetrics;
}

/** How an item is queued. */
export interface AddOptions {
  /** The higher goes first; keys of one priority go in the order in which they became known. @default 0 */
  readonly priority?: number;
  /** Not before this many milliseconds. @default 0 */
  readonly afterMs?: number;
  /** Not before the rate limiter's delay for this key, which grows with each such call until `forget`. */
  readonly rateLimited?: boolean;
  /** Why, for the log. */
  readonly reason?: string;
}

/** One item in the hands of a worker. */
export interface Work<T> {
  readonly item: T;
  readonly priority: number;
  /** Why it was queued: the first few distinct reasons since it was last handed out. */
  readonly reasons: readonly string[];
}

/** Live changes are 0; what the first list or a resync finds can wait behind them. */
export const lowPriority = -100;

const maxReasons = 4;

type Place = 'ready' | 'waiting' | 'dirty';

interface Entry<T> extends HeapElement {
  readonly key: string;
  item: T;
  priority: number;
  readonly sequence: number;
  place: Place;
  /** When it is due, while waiting. */
  dueAtMs: number;
  readySinceMs: number;
  readonly reasons: string[];
}

/**
 * A queue of keys to work on, with client-go's guarantees: a key is in it at most once, at most one worker has a key
 * at a time, and a key that is added while a worker has it is handed out again afterwards. Adding a key that is
 * there already keeps the higher priority and the earlier time. Every operation is O(log n).
 */
export class WorkQueue<T> {
  readonly #env: Pick<Env, 'clock' | 'timers'>;
  readonly #keyOf: (item: T) => string;
  readonly #rateLimiter: RateLimiter;
  readonly #metrics: QueueMetrics | undefined;
  readonly #entries = new Map<string, Entry<T>>();
  readonly #ready = new Heap<Entry<T>>(
    (a, b) => a.priority > b.priority || (a.priority === b.priority && a.sequence < b.sequence),
  );
  readonly #waiting = new Heap<Entry<T>>(
    (a, b) => a.dueAtMs < b.dueAtMs || (a.dueAtMs === b.dueAtMs && a.sequence < b.sequence),
  );
  /** Keys that a worker has, and since when. */
  readonly #processing = new Map<string, number>();
  /** Workers that wait for something to do, first come first served. */
  readonly #takers: ((work: Work<T> | undefined) => void)[] = [];
  readonly #idleListeners: (() => void)[] = [];
  #sequence = 0;
  #timer: { readonly dueAtMs: number; readonly cancel: Cancel } | undefined;
  #closing: 'no' | 'draining' | 'yes' = 'no';

  constructor(options: WorkQueueOptions<T>) {
    this.#env = options.env;
    this.#keyOf = options.keyOf;
    this.#rateLimiter = options.rateLimiter ?? exponentialBackoff();
    this.#metrics = options.metrics;
  }

  /** Keys that are ready, or will be once their worker is done. Delayed ones do not count. */
  get depth(): number {
    return this.#entries.size - this.#waiting.size;
  }

  /** Since when, on the monotonic clock, each key that a worker has is worked on. */
  get startTimesMs(): Iterable<number> {
    return this.#processing.values();
  }

  /** Queues an item. Ignored once the queue is shut down. */
  add(item: T, options: AddOptions = {}): void {
    if (this.#closing !== 'no') return;
    const key = this.#keyOf(item);
    if (options.rateLimited === true) this.#metrics?.retried();
    const limitMs = options.rateLimited === true ? this.#rateLimiter.nextDelayMs(key) : 0;
    const delayMs = Math.max(options.afterMs ?? 0, limitMs, 0);
    const entry = this.#entries.get(key);
    if (entry === undefined) this.#insert(key, item, delayMs, options);
    else this.#merge(entry, item, delayMs, options);
    this.#handOut();
    this.#armTimer();
  }

  /** The next item to work on; undefined when the queue is shut down. Each one must be given back with `done`. */
  take(): Promise<Work<T> | undefined> {
    if (this.#closing === 'yes') return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#takers.push(resolve);
      this.#handOut();
    });
  }

  /** The worker has finished with the item. If it was added meanwhile, it is ready now. */
  done(item: T): void {
    const key = this.#keyOf(item);
    const startedAtMs = this.#processing.get(key);
    if (startedAtMs === undefined) return;
    this.#processing.delete(key);
    this.#metrics?.finished(this.#env.clock.monotonic() - startedAtMs);
    const entry = this.#entries.get(key);
    if (entry?.place === 'dirty') this.#makeReady(entry, this.#env.clock.monotonic());
    this.#handOut();
    this.#closeIfDrained();
  }

  /** The item's failures no longer count: its next failure waits the shortest delay. */
  forget(item: T): void {
    this.#rateLimiter.forget(this.#keyOf(item));
  }

  /** Failures of the item since it was last forgotten. */
  failures(item: T): number {
    return this.#rateLimiter.failures(this.#keyOf(item));
  }

  /**
   * Takes no more items. Without `drain` nothing more is handed out; with it, what is ready still is. Delayed items
   * are dropped either way: after a restart the first list brings every key back.
   * Resolves when no worker has an item any more.
   */
  async shutDown(options: { readonly drain?: boolean } = {}): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    for (const entry of this.#entries.values()) if (entry.place === 'waiting') this.#entries.delete(entry.key);
    this.#waiting.clear();
    if (options.drain === true && this.#closing === 'no') this.#closing = 'draining';
    else this.#close();
    this.#closeIfDrained();
    if (this.#isIdle()) return;
    await new Promise<void>((resolve) => this.#idleListeners.push(resolve));
  }

  #insert(key: string, item: T, delayMs: number, options: AddOptions): void {
    const nowMs = this.#env.clock.monotonic();
    const dueAtMs = nowMs + delayMs;
    const entry: Entry<T> = {
      key,
      item,
      priority: options.priority ?? 0,
      position: -1,
      sequence: this.#sequence++,
      place: 'waiting',
      dueAtMs,
      readySinceMs: dueAtMs,
      reasons: options.reason === undefined ? [] : [options.reason],
    };
    this.#entries.set(key, entry);
    this.#metrics?.added();
    if (delayMs > 0) this.#waiting.push(entry);
    else this.#admit(entry, nowMs);
  }

  #merge(entry: Entry<T>, item: T, delayMs: number, options: AddOptions): void {
    entry.item = item;
    addReason(entry.reasons, options.reason);
    const priority = Math.max(entry.priority, options.priority ?? 0);
    if (priority !== entry.priority) {
      entry.priority = priority;
      this.#ready.update(entry);
    }
    // What is due already needs no look at the clock, which costs more than all the rest of this.
    if (entry.place !== 'waiting') return;
    const nowMs = this.#env.clock.monotonic();
    const dueAtMs = nowMs + delayMs;
    if (dueAtMs >= entry.dueAtMs) return;
    entry.dueAtMs = dueAtMs;
    if (delayMs > 0) {
      this.#waiting.update(entry);
    } else {
      this.#waiting.remove(entry);
      this.#admit(entry, nowMs);
    }
  }

  /** It is due: ready, unless a worker has the key at the moment. */
  #admit(entry: Entry<T>, nowMs: number): void {
    if (this.#processing.has(entry.key)) entry.place = 'dirty';
    else this.#makeReady(entry, nowMs);
  }

  #makeReady(entry: Entry<T>, nowMs: number): void {
    entry.place = 'ready';
    entry.readySinceMs = nowMs;
    this.#ready.push(entry);
  }

  #handOut(): void {
    while (this.#takers.length > 0 && this.#ready.size > 0) {
      const entry = this.#ready.pop();
      const take = this.#takers.shift();
      if (entry === undefined || take === undefined) return;
      const nowMs = this.#env.clock.monotonic();
      this.#entries.delete(entry.key);
      this.#processing.set(entry.key, nowMs);
      this.#metrics?.started(nowMs - entry.readySinceMs);
      take({ item: entry.item, priority: entry.priority, reasons: entry.reasons });
    }
  }

  #armTimer(): void {
    const first = this.#waiting.peek();
    if (first?.dueAtMs === this.#timer?.dueAtMs) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (first === undefined) return;
    const cancel = this.#env.timers.schedule(first.dueAtMs - this.#env.clock.monotonic(), () => {
      this.#timer = undefined;
      this.#admitDue();
    });
    this.#timer = { dueAtMs: first.dueAtMs, cancel };
  }

  #admitDue(): void {
    const nowMs = this.#env.clock.monotonic();
    for (
      let first = this.#waiting.peek();
      first !== undefined && first.dueAtMs <= nowMs;
      first = this.#waiting.peek()
    ) {
      this.#waiting.pop();
      this.#admit(first, nowMs);
    }
    this.#handOut();
    this.#armTimer();
  }

  #isIdle(): boolean {
    return this.#processing.size === 0 && (this.#closing === 'yes' || this.#entries.size === 0);
  }

  #close(): void {
    this.#closing = 'yes';
    this.#entries.clear();
    this.#ready.clear();
    for (const take of this.#takers.splice(0)) take(undefined);
  }

  #closeIfDrained(): void {
    if (this.#closing === 'no' || !this.#isIdle()) return;
    this.#close();
    for (const listener of this.#idleListeners.splice(0)) listener();
  }
}

function addReason(reasons: string[], reason: string | undefined): void {
  if (reason === undefined || reasons.length >= maxReasons || reasons.includes(reason)) return;
  reasons.push(reason);
}
