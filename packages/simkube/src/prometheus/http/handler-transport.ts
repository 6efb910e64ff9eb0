import type { Transport, TransportRequest } from '@canaryop/reconcile/env';

import type { HttpHandler } from './http-handler.ts';

/**
 * A transport whose every request is answered by `handler`, whatever the host of its URL: no socket, no delay, and so
 * fit for virtual time. After `close`, and for a request that was aborted before it was sent, `request` rejects.
 */
export function handlerTransport(handler: HttpHandler): Transport {
  let isClosed = false;
  return {
    async request(request) {
      if (isClosed) throw new Error('the transport is closed');
      request.signal?.throwIfAborted();
      const url = new URL(request.url);
      const response = handler({ method: request.method, target: url.pathname + url.search, body: bodyText(request) });
      return {
        status: response.status,
        headers: { 'content-type': response.contentType },
        body: oneChunk(new TextEncoder().encode(response.body)),
      };
    },
    async close() {
      isClosed = true;
    },
  };
}

function bodyText({ body = '' }: TransportRequest): string {
  return typeof body === 'string' ? body : new TextDecoder().decode(body);
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
