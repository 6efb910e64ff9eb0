import type { Transport } from '@canaryop/reconcile/env';

import type { Settle } from '../sequence/operation.ts';

/** A server under test, as the player sees it. */
export interface ConformanceServer {
  /** For messages: `simkube`, or the version of a real server. */
  readonly name: string;
  /** `https://host:port`. */
  readonly url: string;
  /** As its administrator. */
  readonly transport: Transport;
  /** Milliseconds, for deadlines. */
  now(): number;
  /** Lets the server's own controllers go on for about this long. */
  pause(ms: number): Promise<void>;
  /** Resolves when the server decides by the rules of access that were written last. */
  accessSettled(change: Extract<Settle, { of: 'access' }>): Promise<void>;
}
