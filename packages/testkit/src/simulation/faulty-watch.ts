import type { TransportResponse } from '@canaryop/reconcile/env';

import { interruptible } from '../faults/interruptible.ts';
import type { Fault } from './fault.ts';
import { reset } from './refusal.ts';

/** What a watch needs of the network that it goes over. */
export interface WatchFaults {
  /** Counts an event, notes it, and says what goes wrong at it. */
  next(line: string): readonly Fault[];
  /** Lets virtual time pass. */
  wait(milliseconds: number): Promise<void>;
  /** A little time for an event on its way. */
  readonly latencyMs: () => number;
  /** Never ends. The fault goes on until the reader leaves. */
  silence(): Promise<never>;
  /** Forgets the history of the API server. */
  expire(): void;
  /** Aborts when its reader leaves, or the API server goes away. */
  readonly end: AbortSignal;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const bookmark = '{"type":"BOOKMARK"';

/** The stream of a watch with what goes wrong in it. A broken one throws, as a reset connection does. */
export function faultyWatch(response: TransportResponse, faults: WatchFaults): TransportResponse {
  return { ...response, body: interruptible(disturbed(response.body, faults), faults.end) };
}

async function* disturbed(body: AsyncIterable<Uint8Array>, faults: WatchFaults): AsyncIterable<Uint8Array> {
  for await (const chunk of body) {
    // The server of this process writes whole lines.
    for (const line of decoder.decode(chunk).split('\n')) {
      if (line === '') continue;
      if (line.startsWith(bookmark)) yield encoder.encode(`${line}\n`);
      else yield* disturbedEvent(line, faults);
    }
  }
}

async function* disturbedEvent(line: string, faults: WatchFaults): AsyncIterable<Uint8Array> {
  const struck = faults.next(line);
  const bytes = encoder.encode(`${line}\n`);
  await faults.wait(faults.latencyMs());
  for (const fault of struck) {
    switch (fault.kind) {
      case 'lag':
        await faults.wait(fault.amount ?? 0);
        break;
      case 'expire':
        faults.expire();
        throw reset();
      case 'break':
        throw reset();
      case 'cut':
        yield bytes.slice(0, bytes.length / 2);
        throw reset();
      case 'repeat':
        yield bytes;
        break;
      case 'silent':
        await faults.silence();
        break;
      default:
    }
  }
  yield bytes;
}
