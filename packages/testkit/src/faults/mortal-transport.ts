import type { Transport } from '@canaryop/reconcile/env';

/** A transport whose owner can die. */
export interface MortalTransport extends Transport {
  /** What kill -9 does to a connection: nothing more goes out, and no answer comes back. */
  kill(): void;
}

const never = new Promise<never>(() => undefined);

/** The connection of a process that a test may kill. */
export function mortalTransport(inner: Transport): MortalTransport {
  let isDead = false;
  return {
    kill: () => {
      isDead = true;
    },
    close: () => inner.close(),
    async request(request) {
      if (isDead) return never;
      const response = await inner.request(request);
      return isDead ? never : response;
    },
  };
}
