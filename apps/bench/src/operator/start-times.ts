import type { Logger } from '@canaryop/reconcile/env';

/** From a key's being ready to the first line of its reconcile, in milliseconds. */
export interface StartTimes {
  readonly values: readonly number[];
  /** A key was handed to a worker, this long after it was ready. */
  handedOut(queuedMs: number, nowMs: number): void;
  /** Its reconcile begins. Workers resume in the order in which they were handed keys. */
  began(nowMs: number): void;
  reset(): void;
}

/** Of a process with one controller. */
export function startTimes(): StartTimes {
  const handed: number[] = [];
  const values: number[] = [];
  return {
    values,
    handedOut: (queuedMs, nowMs) => {
      handed.push(nowMs - queuedMs);
    },
    began: (nowMs) => {
      const readyMs = handed.shift();
      if (readyMs === undefined) throw new Error('a reconcile began that was never handed out');
      values.push(nowMs - readyMs);
    },
    reset: () => {
      values.length = 0;
    },
  };
}

/** A logger that also tells when a reconcile begins, which the controller says at level debug. */
export function tellingBegin(inner: Logger, began: () => void): Logger {
  return {
    debug: (message, fields) => {
      if (message === 'reconcile started') began();
      inner.debug(message, fields);
    },
    info: (message, fields) => inner.info(message, fields),
    warn: (message, fields) => inner.warn(message, fields),
    error: (message, fields) => inner.error(message, fields),
    with: (fields) => tellingBegin(inner.with(fields), began),
  };
}
