/** Survives two copies of this package in one process, which `instanceof` would not. */
const brand = Symbol.for('@canaryop/reconcile/TerminalError');

/**
 * Trying again cannot help until the object changes: the error is logged and counted, and the key is not retried.
 * Say in a condition what the user has to do.
 */
export class TerminalError extends Error {
  override readonly name = 'TerminalError';
  readonly [brand] = true;
}

/** Whether an error asks not to be retried, whichever copy of this package made it. */
export function isTerminal(error: unknown): error is TerminalError {
  return typeof error === 'object' && error !== null && brand in error;
}
