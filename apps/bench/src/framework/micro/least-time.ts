import type { Clock } from '@canaryop/reconcile/env';

const rounds = 5;
const nanosPerMilli = 1e6;

/** Nanoseconds of one of `count` operations, of the best of five rounds: short ones are at the mercy of a moment. */
export function leastNs(clock: Clock, count: number, work: (index: number) => void): number {
  const perRound = Math.ceil(count / rounds);
  let leastMs = Infinity;
  for (let round = 0; round < rounds; round += 1) {
    const startMs = clock.monotonic();
    for (let index = round * perRound; index < (round + 1) * perRound; index += 1) work(index);
    leastMs = Math.min(leastMs, clock.monotonic() - startMs);
  }
  return (leastMs * nanosPerMilli) / perRound;
}

/** The same of work that waits. */
export async function leastAsyncNs(
  clock: Clock,
  count: number,
  work: (index: number) => Promise<void>,
): Promise<number> {
  const perRound = Math.ceil(count / rounds);
  let leastMs = Infinity;
  for (let round = 0; round < rounds; round += 1) {
    const startMs = clock.monotonic();
    for (let index = round * perRound; index < (round + 1) * perRound; index += 1) await work(index);
    leastMs = Math.min(leastMs, clock.monotonic() - startMs);
  }
  return (leastMs * nanosPerMilli) / perRound;
}
