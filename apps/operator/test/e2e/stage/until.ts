import { sleep } from '@canaryop/reconcile/env';

import { env } from './env.ts';

const pollMs = 50;

/**
 * Resolves with what `look` gives as soon as that is neither false nor undefined. Rejects after `timeoutMs` with what was
 * waited for, and with what `state` says of the moment.
 */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  { timeoutMs = 60_000, state }: { readonly timeoutMs?: number; readonly state?: () => unknown } = {},
): Promise<Exclude<T, false | undefined>> {
  const deadlineMs = env.clock.monotonic() + timeoutMs;
  for (;;) {
    const seen = await look();
    if (seen !== false && seen !== undefined) return seen as Exclude<T, false | undefined>;
    if (env.clock.monotonic() > deadlineMs) {
      const now = state === undefined ? '' : `; now: ${JSON.stringify(await state())}`;
      throw new Error(`${what}: not within ${timeoutMs} ms${now}`);
    }
    await sleep(env.timers, pollMs);
  }
}
