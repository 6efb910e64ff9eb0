import { sleep, type Env } from '@canaryop/reconcile/env';

const pollMs = 25;

/** For how long a question is asked. */
export interface PollOptions {
  readonly env: Env;
  /** In milliseconds. */
  readonly timeoutMs: number;
  /** True when no answer can come any more. @default never */
  readonly isHopeless?: () => boolean;
}

/** The answer, or why there is none. */
export type PollResult<T> = { readonly answer: T } | { readonly problem: string };

/** Asks again and again, until `probe` resolves with something. A probe that rejects is asked again. */
export async function poll<T>(options: PollOptions, probe: () => Promise<T | undefined>): Promise<PollResult<T>> {
  const { env, timeoutMs, isHopeless = () => false } = options;
  const deadlineMs = env.clock.monotonic() + timeoutMs;
  let problem = 'not yet';
  while (!isHopeless() && env.clock.monotonic() < deadlineMs) {
    try {
      const answer = await probe();
      if (answer !== undefined) return { answer };
      problem = 'not yet';
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
    await sleep(env.timers, pollMs);
  }
  return { problem };
}
