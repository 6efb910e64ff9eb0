import {
  Agent,
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
} from 'node:http';
import type { AddressInfo } from 'node:net';

import { textResponse, type HttpHandler, type HttpRequest, type HttpResponse } from '../kubelet/http-exchange.ts';

/** Bodies longer than this are refused (413) or cut off (a reset). */
const maxBodyBytes = 1_048_576;

/** Headers of one hop, which a proxy must not pass on (RFC 9110, 7.6.1), and those that framing sets anew. */
const hopHeaders = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'te',
  'trailer',
  'content-length',
]);

/** An HTTP server on a socket of this machine. */
export interface HttpListener {
  readonly port: number;
  /** Accepts nothing more and breaks what is open. */
  close(): Promise<void>;
}

/** Where to listen. */
export interface HttpListenOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** @default 127.0.0.1 */
  readonly host?: string;
}

/** Serves `handler` on a socket. Rejects when the port is taken. A handler that rejects is a broken connection. */
export async function listenHttp(handler: HttpHandler, options: HttpListenOptions): Promise<HttpListener> {
  const server = createServer((incoming, outgoing) => {
    respond(handler, incoming).then(
      ({ status, headers, body }) => outgoing.writeHead(status, { ...headers }).end(body),
      () => outgoing.destroy(),
    );
  });
  await listening(server, options);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * A handler that asks the HTTP server on this machine's loopback. Each request has its own connection: one that is
 * kept may be closed by the server at the moment it is used again, and nothing here retries.
 */
export function forwardingHandler(port: number): HttpHandler & { readonly close: () => void } {
  const agent = new Agent({ maxSockets: 64 });
  const forward = (request: HttpRequest): Promise<HttpResponse> =>
    new Promise((resolve, reject) => {
      const headers = withoutHopHeaders(request.headers);
      const { method, path } = request;
      const outgoing = httpRequest({ host: '127.0.0.1', port, method, path, headers, agent }, (incoming) => {
        readBody(incoming).then((body) => {
          if (body === undefined)
            reject(new Error(`the answer to ${method} ${path} is longer than ${maxBodyBytes} bytes`));
          else resolve({ status: incoming.statusCode ?? 502, headers: flatHeaders(incoming.headers), body });
        }, reject);
      });
      outgoing.on('error', reject);
      outgoing.end(request.body);
    });
  return Object.assign(forward, { close: () => agent.destroy() });
}

async function respond(handler: HttpHandler, incoming: IncomingMessage): Promise<HttpResponse> {
  const body = await readBody(incoming);
  if (body === undefined) return textResponse(413, `the body is longer than ${maxBodyBytes} bytes`);
  return handler({
    method: incoming.method ?? 'GET',
    path: incoming.url ?? '/',
    headers: flatHeaders(incoming.headers),
    ...(body === '' ? {} : { body }),
  });
}

/** Undefined when it is too long. */
async function readBody(message: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function flatHeaders(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  const entries = Object.entries(headers).map(([name, value]) => {
    return [name, Array.isArray(value) ? value.join(', ') : (value ?? '')] as const;
  });
  return withoutHopHeaders(Object.fromEntries(entries));
}

function withoutHopHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hopHeaders.has(name)));
}

function listening(server: Server, { port, host = '127.0.0.1' }: HttpListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
