import type { Clock } from '../env/clock.ts';
import type { Cancel, Timers } from '../env/timers.ts';
import { Heap, type HeapElement } from '../queue/heap.ts';

interface Entry extends HeapElement {
  readonly at: number;
  readonly sequence: number;
  readonly callback: () => void;
}

/** Captured at load, so that a test that replaces the global cannot stop the drain. */
const nextMacrotask = setImmediate;

/**
 * Time that moves only when a test says so. Between two timers everything that promises can still do is done:
 * one macrotask of the real process drains every microtask, however deep the chain of awaits.
 * Do not mix with real I/O: virtual time would not wait for it.
 */
export class VirtualTime implements Clock, Timers {
  #nowMs: number;
  #originMs: number;
  #sequence = 0;
  readonly #entries = new Heap<Entry>((a, b) => a.at < b.at || (a.at === b.at && a.sequence < b.sequence));

  /** @param startMs the wall clock at the start, in milliseconds since the epoch (default 2026-01-01T00:00:00Z). */
  constructor(startMs = 1_767_225_600_000) {
    this.#nowMs = startMs;
    this.#originMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  monotonic(): number {
    return this.#nowMs - this.#originMs;
  }

  /** Timers that have not fired yet: a leak check at the end of a test. */
  get pending(): number {
    return this.#entries.size;
  }

  schedule(delayMs: number, callback: () => void): Cancel {
    const at = this.#nowMs + Math.max(delayMs, 0);
    const entry = { at, sequence: this.#sequence++, callback, position: -1 };
    this.#entries.push(entry);
    return () => {
      this.#entries.remove(entry);
    };
  }

  /** Lets every promise that can settle do so, without moving time. */
  async settle(): Promise<void> {
    await new Promise<void>((resolve) => nextMacrotask(resolve));
  }

  /** Moves time forward by `ms`, firing each timer at its own time, in order. */
  async advance(ms: number): Promise<void> {
    const end = this.#nowMs + ms;
    await this.settle();
    for (let entry = this.#entries.peek(); entry !== undefined && entry.at <= end; entry = this.#entries.peek()) {
      await this.#fire(entry);
    }
    this.#nowMs = end;
  }

  /**
   * Moves time from timer to timer until `condition` holds.
   * @param limitMs how far time may move before this throws (default ten minutes).
   */
  async until(condition: () => boolean, limitMs = 600_000): Promise<void> {
    const end = this.#nowMs + limitMs;
    await this.settle();
    while (!condition()) {
      const entry = this.#entries.peek();
      if (entry === undefined)
        throw new Error('the condition does not hold and no timer is left that could make it hold');
      if (entry.at > end) throw new Error(`the condition did not hold within ${limitMs} virtual milliseconds`);
      await this.#fire(entry);
    }
  }

  async #fire(entry: Entry): Promise<void> {
    this.#entries.remove(entry);
    this.#nowMs = Math.max(this.#nowMs, entry.at);
    entry.callback();
    await this.settle();
  }
}
