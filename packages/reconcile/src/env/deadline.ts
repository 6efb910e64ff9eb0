import type { Timers } from './timers.ts';

/**
 * A signal that aborts when time is up or when a longer-lived one does, and that leaves nothing behind at that one.
 * `AbortSignal.any` would: it keeps about a kilobyte per call alive for as long as the longer-lived signal is.
 */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Whether it was time that ran out. */
  readonly hasPassed: boolean;
  /** Ends it; call it in any case. */
  end(): void;
}

/** Starts a deadline `timeoutMs` from now. `outer`: aborts it too. */
export function startDeadline(timers: Timers, timeoutMs: number, outer: AbortSignal | undefined): Deadline {
  const controller = new AbortController();
  let hasPassed = false;
  const cancel = timers.schedule(timeoutMs, () => {
    hasPassed = true;
    controller.abort(new Error(`it did not come within ${timeoutMs} ms`));
  });
  const onOuter = (): void => {
    controller.abort(outer?.reason);
  };
  if (outer?.aborted === true) onOuter();
  else outer?.addEventListener('abort', onOuter, { once: true });
  return {
    signal: controller.signal,
    get hasPassed() {
      return hasPassed;
    },
    end() {
      cancel();
      outer?.removeEventListener('abort', onOuter);
    },
  };
}
