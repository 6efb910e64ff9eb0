import type { TransportResponse } from '@canaryop/reconcile/env';

/** A connection that broke. */
export function reset(): Error {
  return new Error('read ECONNRESET');
}

/** A server that is not there. */
export function unreachable(): Error {
  return new Error('connect ECONNREFUSED');
}

const reasons: Readonly<Record<number, string>> = {
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

/** An answer of an API server that did nothing. */
export function refusal(status: number, retryAfterSeconds?: number): TransportResponse {
  const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  const reason = reasons[status] ?? 'Unknown';
  const message = `simulated: ${reason}`;
  return response(status, headers, JSON.stringify({ kind: 'Status', apiVersion: 'v1', code: status, reason, message }));
}

/** An answer whose body is there already. */
export function response(status: number, headers: Readonly<Record<string, string>>, text: string): TransportResponse {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: chunk(text) };
}

async function* chunk(text: string): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(new TextEncoder().encode(text));
}
