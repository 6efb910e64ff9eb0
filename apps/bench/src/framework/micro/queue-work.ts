import { exponentialBackoff, WorkQueue } from '@canaryop/reconcile/queue';
import type { Env } from '@canaryop/reconcile/env';

import type { MicroFigures, MicroSizes } from './micro-figures.ts';

const nanosPerMilli = 1e6;
const minuteMs = 60_000;

/** The work queue by itself. Nothing is due while it is measured but what is taken at once. */
export async function queueWork(env: Env, { keys, operations }: MicroSizes): Promise<MicroFigures> {
  const names = Array.from({ length: keys }, (_, index) => `default/object-${index}`);
  const nameAt = (index: number): string => names[index % keys] ?? '';
  const options = { env, keyOf: (item: string) => item };
  const { clock } = env;
  const nanosSince = (startMs: number): number => ((clock.monotonic() - startMs) * nanosPerMilli) / operations;

  const queue = new WorkQueue<string>(options);
  const cycleFromMs = clock.monotonic();
  for (let index = 0; index < operations; index += 1) {
    queue.add(nameAt(index));
    const taken = await queue.take();
    if (taken !== undefined) queue.done(taken.item);
  }
  const queueCycleNs = nanosSince(cycleFromMs);

  for (const name of names) queue.add(name);
  const knownFromMs = clock.monotonic();
  for (let index = 0; index < operations; index += 1) queue.add(nameAt(index));
  const queueKnownNs = nanosSince(knownFromMs);
  await queue.shutDown();

  const delayed = new WorkQueue<string>(options);
  const delayedFromMs = clock.monotonic();
  for (let index = 0; index < operations; index += 1) delayed.add(nameAt(index), { afterMs: minuteMs + (index % 977) });
  const queueDelayedNs = nanosSince(delayedFromMs);
  await delayed.shutDown();

  const limited = new WorkQueue<string>({ ...options, rateLimiter: exponentialBackoff({ baseMs: minuteMs }) });
  const limitedFromMs = clock.monotonic();
  for (let index = 0; index < operations; index += 1) limited.add(nameAt(index), { rateLimited: true });
  const queueRateLimitedNs = nanosSince(limitedFromMs);
  await limited.shutDown();
  return { queueCycleNs, queueKnownNs, queueDelayedNs, queueRateLimitedNs };
}
