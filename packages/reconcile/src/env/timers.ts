/** Cancels a scheduled callback. Calling it twice, or after the callback ran, does nothing. */
export type Cancel = () => void;

/** One-shot timers. Repetition is left to the caller, who knows whether a late tick should be skipped or caught up. */
export interface Timers {
  /** Runs `callback` once after `delayMs` milliseconds (0 or less: as soon as possible, never synchronously). */
  schedule(delayMs: number, callback: () => void): Cancel;
}

/** Resolves after `delayMs`, or as soon as `signal` aborts. It never rejects: the caller checks the signal. */
export function sleep(timers: Timers, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) {
      resolve();
      return;
    }
    const finish = (): void => {
      cancel();
      signal?.removeEventListener('abort', finish);
      resolve();
    };
    const cancel = timers.schedule(delayMs, finish);
    signal?.addEventListener('abort', finish, { once: true });
  });
}

/** Resolves when `signal` aborts; at once if it has. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
