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

/** Reads a container's log as asked; `nowMs` is the wall clock. */
export async function* readLog(log: ContainerLog, options: PodLogOptions, nowMs: number): AsyncGenerator<string> {
  const format = (line: LogLine): string =>
    options.timestamps === true ? `${formatMicroTime(line.atMs)} ${line.text}\n` : `${line.text}\n`;
  const sinceMs = options.sinceSeconds === undefined ? -Infinity : nowMs - options.sinceSeconds * 1000;
  const recent = log.lines(options.previous).filter((line) => line.atMs >= sinceMs);
  const start = options.tailLines === undefined ? 0 : Math.max(0, recent.length - options.tailLines);
  const first = recent.slice(start).map(format).join('');
  if (options.follow !== true || options.previous === true) {
    if (first !== '') yield first;
    return;
  }
  const follower = new Follower(log, options.signal);
  try {
    if (first !== '') yield first;
    for (let lines = await follower.next(); lines !== undefined; lines = await follower.next()) {
      yield lines.map(format).join('');
    }
  } finally {
    follower.stop();
  }
}

/** Buffers what a log appends between two reads. A reader that falls far behind loses the oldest lines. */
class Follower {
  #pending: LogLine[] = [];
  #isEnded = false;
  #wake: () => void = () => undefined;
  readonly #stops: (() => void)[];

  constructor(log: ContainerLog, signal: AbortSignal | undefined) {
    const end = (): void => {
      this.#isEnded = true;
      this.#wake();
    };
    const unfollow = log.follow((line) => {
      if (line === undefined) end();
      else this.#push(line);
    });
    signal?.addEventListener('abort', end, { once: true });
    if (signal?.aborted === true) end();
    this.#stops = [unfollow, () => signal?.removeEventListener('abort', end)];
  }

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
    for (const stop of this.#stops) stop();
  }

  #push(line: LogLine): void {
    this.#pending.push(line);
    if (this.#pending.length > maxPending) this.#pending = this.#pending.slice(-maxPending / 2);
    this.#wake();
  }
}
