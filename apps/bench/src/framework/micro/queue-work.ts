import { exponentialBackoff, WorkQueue } from '@canaryop/reconcile/queue';
import type { Env } from '@canaryop/reconcile/env';

import { leastAsyncNs, leastNs } from './least-time.ts';
import type { MicroFigures, MicroSizes } from './micro-figures.ts';

const minuteMs = 60_000;

/** The work queue by itself. Nothing is due while it is measured but what is taken at once. */
export async function queueWork(env: Env, { keys, operations }: MicroSizes): Promise<MicroFigures> {
  const names = Array.from({ length: keys }, (_, index) => `default/object-${index}`);
  const nameAt = (index: number): string => names[index % keys] ?? '';
  const options = { env, keyOf: (item: string) => item };
  const { clock } = env;

  const queue = new WorkQueue<string>(options);
  const queueCycleNs = await leastAsyncNs(clock, operations, async (index) => {
    queue.add(nameAt(index));
    const taken = await queue.take();
    if (taken !== undefined) queue.done(taken.item);
  });
  for (const name of names) queue.add(name);
  const queueKnownNs = leastNs(clock, operations, (index) => queue.add(nameAt(index)));
  await queue.shutDown();

  const delayed = new WorkQueue<string>(options);
  const queueDelayedNs = leastNs(clock, operations, (index) => {
    delayed.add(nameAt(index), { afterMs: minuteMs + (index % 977) });
  });
  await delayed.shutDown();

  const limited = new WorkQueue<string>({ ...options, rateLimiter: exponentialBackoff({ baseMs: minuteMs }) });
  const queueRateLimitedNs = leastNs(clock, operations, (index) => limited.add(nameAt(index), { rateLimited: true }));
  await limited.shutDown();
  return { queueCycleNs, queueKnownNs, queueDelayedNs, queueRateLimitedNs };
}
