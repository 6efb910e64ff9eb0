import type { Transport, TransportResponse } from '@canaryop/reconcile/env';

import { interruptible } from './interruptible.ts';

/** A transport whose owner can die, or be stopped for a while. */
export interface MortalTransport extends Transport {
  /** What kill -9 does to a connection: nothing more goes out, no answer comes back, and the server sees it close. */
  kill(): void;
  /** What SIGSTOP does: the connection stays, and nothing is sent or read until `resume`. */
  pause(): void;
  resume(): void;
}

const never = new Promise<never>(() => undefined);

/** The connection of a process that a test may kill or stop. */
export function mortalTransport(inner: Transport): MortalTransport {
  const death = new AbortController();
  const stops: { last?: PromiseWithResolvers<void> } = {};
  const resume = (): void => {
    stops.last?.resolve();
    delete stops.last;
  };
  /** Resolves once the process runs, or is dead. */
  const unpaused = async (): Promise<void> => {
    for (let { last } = stops; last !== undefined; { last } = stops) await last.promise;
  };
  /** Resolves once the process runs; never for one that is dead. */
  const running = async (): Promise<void> => {
    await unpaused();
    if (death.signal.aborted) await never;
  };
  async function* held(body: AsyncIterable<Uint8Array>, signal: AbortSignal | undefined): AsyncIterable<Uint8Array> {
    try {
      for await (const chunk of interruptible(body, death.signal)) {
        await unpaused();
        if (death.signal.aborted) break;
        yield chunk;
      }
    } catch (error) {
      if (!death.signal.aborted) throw error;
    }
    // A dead process hears of nothing, but whoever waits for it in a test may tell it to stop.
    if (death.signal.aborted) await aborted(signal);
  }
  return {
    kill: () => {
      death.abort(new Error('the process was killed'));
      resume();
    },
    pause: () => {
      stops.last ??= Promise.withResolvers();
    },
    resume,
    close: () => inner.close(),
    async request(request): Promise<TransportResponse> {
      await running();
      try {
        const response = await inner.request(request);
        return { ...response, body: held(response.body, request.signal) };
      } finally {
        // What breaks is heard of no earlier than what is answered.
        await running();
      }
    },
  };
}

/** Rejects as a connection does whose reader gives up. */
function aborted(signal: AbortSignal | undefined): Promise<never> {
  if (signal === undefined) return never;
  return new Promise((_resolve, reject) => {
    const fail = (): void => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}
