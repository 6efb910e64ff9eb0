import type { Clock } from './clock.ts';
import type { Logger } from './logger.ts';
import type { Random } from './random.ts';
import type { Timers } from './timers.ts';
import type { Tracer } from './tracer.ts';

/**
 * Everything that product code may learn from, or do to, the process it runs in. Injected everywhere and never
 * read from globals (lint holds this), which is what makes a simulated run the same program as the real one.
 * The network is not here: each connection is a `Transport` handed to whoever talks over it.
 */
export interface Env {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Logger;
  /** @default tells nobody */
  readonly tracer?: Tracer;
}
