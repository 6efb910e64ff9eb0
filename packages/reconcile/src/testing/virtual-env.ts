import type { Env } from '../env/env.ts';
import { silentLogger, type Logger } from '../env/logger.ts';
import { seededRandom } from './seeded-random.ts';
import { VirtualTime } from './virtual-time.ts';

/** An `Env` in which nothing happens by itself: virtual time, seeded random, no log. */
export interface VirtualEnv extends Env {
  readonly time: VirtualTime;
}

/**
 * @param options.seed of the random sequence (default 1).
 * @param options.startMs of the wall clock.
 * @param options.log where lines go (default nowhere).
 */
export function virtualEnv(options: { seed?: number; startMs?: number; log?: Logger } = {}): VirtualEnv {
  const time = new VirtualTime(options.startMs);
  return { time, clock: time, timers: time, random: seededRandom(options.seed ?? 1), log: options.log ?? silentLogger };
}
