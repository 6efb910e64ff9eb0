import type { Env } from '@canaryop/reconcile/env';

import type { Loopback } from '../apiserver/loopback.ts';
import type { EventSink } from './event-writer.ts';

/** What every controller of the world is given. */
export interface ControllerOptions {
  readonly env: Env;
  readonly api: Loopback;
  readonly events: EventSink;
  /** Reaction time to a change. */
  readonly latencyMs: number;
}
