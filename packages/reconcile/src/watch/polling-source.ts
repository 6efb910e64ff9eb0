import type { Env } from '../env/env.ts';
import { sleep } from '../env/timers.ts';
import { jsonEqual } from '../object/json.ts';
import { keyText, type ObjectKey } from '../object/object-key.ts';
import { lowPriority } from '../queue/work-queue.ts';
import type { Enqueue, Source } from './source.ts';

/** What another system says about a key. */
export type Polled = readonly [key: ObjectKey, value: unknown];

/** What is asked, and how often. */
export interface PollingOptions {
  /** For the log, and as the reason. */
  readonly name: string;
  /** From the end of one question to the next, in milliseconds. */
  readonly everyMs: number;
  /** Asks about all keys at once. A rejection is logged, and asked again in time. */
  poll(signal: AbortSignal): Promise<Iterable<Polled>>;
}

interface Known {
  readonly key: ObjectKey;
  readonly value: unknown;
}

/**
 * A source for a system that has no watch: it is asked again and again, and a key whose answer has changed, come or gone
 * is enqueued. It holds no worker up: while that system is away, nothing is known of it. Give it to `from`.
 */
export function pollingSource(options: PollingOptions): (env: Pick<Env, 'timers' | 'log'>) => Source {
  const { name } = options;
  return (env) => {
    const receivers = new Set<Enqueue>();
    let known = new Map<string, Known>();
    let stop = new AbortController();
    const ask = async (signal: AbortSignal): Promise<void> => {
      try {
        const answer = new Map([...(await options.poll(signal))].map(([key, value]) => [keyText(key), { key, value }]));
        if (signal.aborted) return;
        const changed = changes(known, answer);
        known = answer;
        for (const key of changed) for (const enqueue of receivers) enqueue(key, { reason: `${name} changed` });
      } catch (error) {
        if (!signal.aborted) env.log.warn('a polled source could not be asked', { source: name, error });
      }
    };
    const run = async (signal: AbortSignal): Promise<void> => {
      while (!signal.aborted) {
        await ask(signal);
        await sleep(env.timers, options.everyMs, signal);
      }
    };
    return {
      name,
      hasSynced: true,
      start(enqueue) {
        for (const { key } of known.values()) enqueue(key, { reason: name, priority: lowPriority });
        receivers.add(enqueue);
        if (receivers.size === 1) {
          stop = new AbortController();
          void run(stop.signal);
        }
        return () => {
          receivers.delete(enqueue);
          if (receivers.size === 0) stop.abort();
        };
      },
    };
  };
}

function changes(before: ReadonlyMap<string, Known>, after: ReadonlyMap<string, Known>): readonly ObjectKey[] {
  const isNew = [...after].filter(
    ([text, { value }]) => !before.has(text) || !jsonEqual(before.get(text)?.value, value),
  );
  const isGone = [...before].filter(([text]) => !after.has(text));
  return [...isNew, ...isGone].map(([, { key }]) => key);
}
