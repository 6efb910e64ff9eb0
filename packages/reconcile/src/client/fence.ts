const brand = Symbol.for('@canaryop/reconcile/FencedError');

/**
 * Asked before each mutation is sent, retries included. It throws a `FencedError` when this process may no longer
 * write, because its lease could have run out; returning means that the request may leave now.
 */
export type Fence = () => void;

/** A write was refused locally, before it was sent: nothing has happened on the server. */
export class FencedError extends Error {
  override readonly name = 'FencedError';
  readonly [brand] = true;
}

/** Whether a write was refused locally, whichever copy of this package refused it. */
export function isFenced(error: unknown): error is FencedError {
  return typeof error === 'object' && error !== null && brand in error;
}
