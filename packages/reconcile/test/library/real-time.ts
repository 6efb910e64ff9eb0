import { sleep, type Env } from '@canaryop/reconcile/env';

import type { LibraryServer } from './library-server.ts';

const patienceMs = 30_000;

/** How a test waits for a server that lives in real time. */
export function realTime(env: Env, turnMs: number): Pick<LibraryServer, 'until' | 'pause'> {
  return {
    until: async (isDone) => {
      const end = env.clock.monotonic() + patienceMs;
      while (!isDone()) {
        if (env.clock.monotonic() > end) throw new Error('it did not come about within 30 seconds');
        await sleep(env.timers, turnMs);
      }
    },
    pause: (ms) => sleep(env.timers, ms),
  };
}
