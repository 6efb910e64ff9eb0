import { formatMicroTime } from '@canaryop/reconcile/env';

import type { ContainerLog, LogLine } from './container-log.ts';

/** The query of `pods/log`. */
export interface PodLogOptions {
  /** May be left out when the pod has one container. */
  readonly container?: string;
  readonly follow?: boolean;
  readonly previous?: boolean;
  readonly tailLines?: number;
  readonly sinceSeconds?: number;
  readonly timestamps?: boolean;
  /** Ends a log that is followed. */
  readonly signal?: AbortSignal;
}

/** A log to read, or the answer that the API server gives instead. */
export type PodLogs =
  /** Chunks of text that end in line breaks. */
  | { readonly ok: true; readonly lines: AsyncIterable<string> }
  | { readonly ok: false; readonly code: 400 | 404; readonly message: string };

const maxPending = 20_000;

/**
 * Reads a container's log as asked; `nowMs` is the wall clock. Ending the iteration ends a log that is followed at
 * once, in the middle of a wait too.
 */
export function readLog(log: ContainerLog, options: PodLogOptions, nowMs: number): AsyncIterable<string> {
  const format = (lines: readonly LogLine[]): string => lines.map((line) => formatLine(line, options)).join('');
  const sinceMs = options.sinceSeconds === undefined ? -Infinity : nowMs - options.sinceSeconds * 1000;
  const recent = log.lines(options.previous).filter((line) => line.atMs >= sinceMs);
  const start = options.tailLines === undefined ? 0 : Math.max(0, recent.length - options.tailLines);
  const isFollowing = options.follow === true && options.previous !== true;
  const follower = isFollowing ? new Follower(log, options.signal) : undefined;
  let first = format(recent.slice(start));
  return {
    [Symbol.asyncIterator]: () => ({
      next: async () => {
        const text = first;
        first = '';
        if (text !== '') return { done: false, value: text };
        const lines = await follower?.next();
        return lines === undefined ? { done: true, value: undefined } : { done: false, value: format(lines) };
      },
      return: () => {
        follower?.stop();
        return Promise.resolve({ done: true, value: undefined });
      },
    }),
  };
}

function formatLine(line: LogLine, options: PodLogOptions): string {
  return options.timestamps === true ? `${formatMicroTime(line.atMs)} ${line.text}\n` : `${line.text}\n`;
}

/** Buffers what a log appends between two reads. A reader that falls far behind loses the oldest lines. */
class Follower {
  #pending: LogLine[] = [];
  #isEnded = false;
  #wake: () => void = () => undefined;
  readonly #release: () => void;

  constructor(log: ContainerLog, signal: AbortSignal | undefined) {
    const end = (): void => {
      this.stop();
    };
    const unfollow = log.follow((line) => {
      if (line === undefined) end();
      else this.#push(line);
    });
    this.#release = () => {
      unfollow();
      signal?.removeEventListener('abort', end);
    };
    signal?.addEventListener('abort', end, { once: true });
    if (signal?.aborted === true) end();
  }

  /** What has come since the last read, as soon as there is something; undefined at the end. */
  async next(): Promise<readonly LogLine[] | undefined> {
    while (this.#pending.length === 0 && !this.#isEnded) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const lines = this.#pending;
    this.#pending = [];
    return lines.length === 0 ? undefined : lines;
  }

  stop(): void {
    this.#isEnded = true;
    this.#release();
    this.#wake();
  }

  #push(line: LogLine): void {
    this.#pending.push(line);
    if (this.#pending.length > maxPending) this.#pending = this.#pending.slice(-maxPending / 2);
    this.#wake();
  }
}
