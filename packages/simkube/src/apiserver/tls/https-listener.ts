import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';

import type { ApiRequest, ApiResponse } from '../http/api-request.ts';
import type { RequestHandler } from '../http/request-handler.ts';
import type { KeyedCertificate } from './certificates.ts';
import { peerIdentity } from './peer-identity.ts';

/** Largest request body, as in kube-apiserver. */
const maxBodyBytes = 3 * 1024 * 1024;

/** kube-apiserver's idle timeout is 3 minutes, too; Go clients give up after 90 s. */
const idleConnectionMs = 180_000;

/** A server socket that carries requests to a handler. */
export interface HttpsListener {
  readonly port: number;
  close(): Promise<void>;
}

/** Listens for HTTPS. A client certificate is asked for, not demanded: tokens are as good. */
export async function listenHttps(
  handler: RequestHandler,
  options: { readonly host: string; readonly port: number; readonly caPem: string; readonly server: KeyedCertificate },
): Promise<HttpsListener> {
  const server = createServer(
    {
      cert: options.server.certificate,
      key: options.server.key,
      ca: options.caPem,
      requestCert: true,
      rejectUnauthorized: false,
      requestTimeout: 0,
    },
    (request, response) => {
      answer(handler, request, response).catch(() => response.destroy());
    },
  );
  // Longer than clients keep idle connections: a request never meets a connection that is being closed.
  server.keepAliveTimeout = idleConnectionMs;
  server.listen(options.port, options.host);
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => closeServer(server) };
}

async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

async function answer(handler: RequestHandler, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readAll(request);
  if (body === undefined) {
    response.writeHead(413).end();
    return;
  }
  await send(await handler.handle(apiRequest(request, body), peerIdentity(request.socket as TLSSocket)), response);
}

async function readAll(request: IncomingMessage): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > maxBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function apiRequest(request: IncomingMessage, body: Uint8Array): ApiRequest {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'https://localhost');
  const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [
    name,
    Array.isArray(value) ? value.join(', ') : (value ?? ''),
  ]);
  return {
    method: request.method ?? 'GET',
    path: pathname,
    query: searchParams,
    headers: Object.fromEntries(headers),
    body,
  };
}

async function send(result: ApiResponse, response: ServerResponse): Promise<void> {
  response.writeHead(result.status, { ...result.headers });
  if (typeof result.body === 'string') {
    response.end(result.body);
    return;
  }
  response.flushHeaders();
  const iterator = result.body[Symbol.asyncIterator]();
  response.once('close', () => void iterator.return?.());
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
    if (!response.write(next.value) && !response.destroyed) await drained(response);
  }
  response.end();
}

/** Resolves when more can be written, or never will be. Leaves no listener behind: a watch drains thousands of times. */
async function drained(response: ServerResponse): Promise<void> {
  const settled = new AbortController();
  const { signal } = settled;
  await Promise.race([once(response, 'drain', { signal }), once(response, 'close', { signal })]);
  settled.abort();
}
