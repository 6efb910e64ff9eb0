import type { Env } from './env.ts';
import { silentLogger, type Logger } from './logger.ts';

/** The largest delay that the timers of a process hold, about 24.8 days; a longer one would fire at once. */
const maxDelayMs = 2 ** 31 - 1;

/** The real process: its clocks, its timers, its random source. The only place that touches those globals. */
export function processEnv(log: Logger = silentLogger): Env {
  return {
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
    timers: {
      schedule(delayMs, callback) {
        const timer = setTimeout(callback, Math.min(Math.max(delayMs, 0), maxDelayMs));
        return () => {
          clearTimeout(timer);
        };
      },
    },
    // Nothing that is drawn is a secret: delays, and names that are unlikely to meet.
    random: { next: () => Math.random() },
    log,
  };
}
