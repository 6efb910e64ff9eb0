import type { Transport, TransportRequest, TransportResponse } from '@canaryop/reconcile/env';

import type { UserInfo } from '../authn/user-info.ts';
import type { ApiRequest, ApiResponse } from './api-request.ts';
import type { RequestHandler } from './request-handler.ts';

/** A request as a transport sends it, in the server's terms. */
function apiRequest({ method, url, headers, body }: TransportRequest): ApiRequest {
  const { pathname, searchParams } = new URL(url);
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : (body ?? new Uint8Array());
  return { method, path: pathname, query: searchParams, headers, body: bytes };
}

async function* bodyOf(response: ApiResponse, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  if (typeof response.body === 'string') {
    yield new TextEncoder().encode(response.body);
    return;
  }
  const iterator = response.body[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await abortable(iterator.next(), signal);
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await iterator.return?.();
  }
}

/** Settles as `promise` does, or rejects as soon as the signal aborts. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      reject(abortError());
    };
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', abort);
    });
  });
}

function abortError(): Error {
  return new DOMException('the request was aborted', 'AbortError');
}

/**
 * A transport that hands requests to the server in this process, without a socket.
 * @param identity who all requests come from; without it each one is authenticated by its own Authorization header.
 */
export function serverTransport(handler: RequestHandler, identity?: UserInfo): Transport {
  let isClosed = false;
  return {
    async request(request: TransportRequest): Promise<TransportResponse> {
      await Promise.resolve();
      if (isClosed) throw new Error('the transport is closed');
      if (request.signal?.aborted === true) throw abortError();
      const answer = handler.handle(apiRequest(request), identity);
      const response = answer instanceof Promise ? await abortable(answer, request.signal) : answer;
      return { status: response.status, headers: response.headers, body: bodyOf(response, request.signal) };
    },
    close() {
      isClosed = true;
      return Promise.resolve();
    },
  };
}
