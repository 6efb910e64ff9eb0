import type { Transport, TransportRequest } from '@canaryop/reconcile/env';

/** Where, relative to one request, a process can die. */
export const crashMoments = ['before it is sent', 'before its answer', 'after its answer'] as const;
/** Before a request is sent, before its answer, or after its answer. */
export type CrashMoment = (typeof crashMoments)[number];

/** One place to die: around the request with this number, the first being 1. */
export interface CrashPoint {
  readonly request: number;
  readonly moment: CrashMoment;
}

/** A transport that counts requests, and at one of them calls `die`. */
export interface CrashingTransport extends Transport {
  /** Requests that were counted so far. */
  readonly requests: number;
}

/**
 * Counts requests and lets the process die at a chosen one. The number of requests of an undisturbed run says how many
 * crash points there are: all of them can be tried.
 * @param counts which requests are places to die; watches, which last, are usually not
 * @param die ends the process; the request in hand is then never answered, except after its answer
 */
export function crashingTransport(
  inner: Transport,
  options: {
    readonly point?: CrashPoint | undefined;
    readonly counts: (request: TransportRequest) => boolean;
    readonly die: () => void;
  },
): CrashingTransport {
  const { point, counts, die } = options;
  let requests = 0;
  return {
    get requests() {
      return requests;
    },
    close: () => inner.close(),
    async request(request) {
      if (!counts(request)) return inner.request(request);
      requests += 1;
      if (point?.request !== requests) return inner.request(request);
      if (point.moment === 'before it is sent') return dead(die);
      const response = await inner.request(request);
      if (point.moment === 'before its answer') return dead(die);
      die();
      return response;
    },
  };
}

function dead(die: () => void): Promise<never> {
  die();
  return new Promise<never>(() => undefined);
}
