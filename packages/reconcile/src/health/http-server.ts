import type * as Http from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type * as Https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { SecureContextOptions } from 'node:tls';

/** A request for one of our endpoints. */
export interface EndpointRequest {
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** What was sent, read as UTF-8; empty where nothing was. */
  readonly body: string;
}

/** What is answered. */
export interface EndpointAnswer {
  readonly status: number;
  /** @default 'text/plain; charset=utf-8' */
  readonly contentType?: string;
  readonly body: string;
}

/** Answers one request. A rejection is answered with 500 and nothing of the error. */
export type Endpoint = (request: EndpointRequest) => Promise<EndpointAnswer>;

/** How endpoints are served. */
export interface HttpServerOptions {
  /** `host:port`, or `:port` for all interfaces; port 0 takes a free one. */
  readonly address: string;
  readonly endpoint: Endpoint;
  /** Present: serve TLS only, with this certificate. */
  readonly tls?: Pick<SecureContextOptions, 'cert' | 'key'>;
  /** Present: POST is served as well, with a body of at most so many bytes; a longer one is answered with 413. */
  readonly maxBodyBytes?: number;
  /** Told of a request that failed for an internal reason. */
  readonly onError: (error: unknown) => void;
}

/** A listening server. */
export interface HttpServer {
  readonly port: number;
  /** Later handshakes use this certificate. */
  replaceCertificate(tls: Pick<SecureContextOptions, 'cert' | 'key'>): void;
  /** Ends every connection. */
  close(): Promise<void>;
}

/** Probes and scrapes are small and quick; who is slower than this is no probe. */
const limits = { headersTimeout: 5000, requestTimeout: 10_000, keepAliveTimeout: 30_000, maxHeaderSize: 16_384 };

// An `import` of node:http reads every name of it, and so loads Node's own fetch and WebSocket, 13 MB of memory.
const http = (): typeof Http => process.getBuiltinModule('node:http');
const https = (): typeof Https => process.getBuiltinModule('node:https');

/** Serves GET and HEAD, and POST where that is asked for. Rejects, naming the address, when it cannot be listened on. */
export async function serveHttp(options: HttpServerOptions): Promise<HttpServer> {
  const { host, port } = parseAddress(options.address);
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    respond(options, request, response).catch(options.onError);
  };
  const tlsServer = options.tls && https().createServer({ ...limits, ...options.tls, minVersion: 'TLSv1.2' }, listener);
  const server: Server = tlsServer ?? http().createServer(limits, listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      reject(new Error(`cannot listen on ${options.address}: ${error.message}`, { cause: error }));
    });
    server.listen({ port, ...(host === '' ? {} : { host }) }, resolve);
  });
  server.on('error', options.onError);
  return {
    port: (server.address() as AddressInfo).port,
    replaceCertificate: (tls) => tlsServer?.setSecureContext(tls),
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function respond(options: HttpServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const answer = await answerTo(options, request);
  const body = Buffer.from(answer.body);
  response.writeHead(answer.status, {
    'content-type': answer.contentType ?? 'text/plain; charset=utf-8',
    'content-length': body.length,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    ...(answer.status === 405 ? { allow: methodsOf(options).join(', ') } : {}),
    // What is left of the body is not read, so nothing else can follow on this connection.
    ...(answer.status === 413 ? { connection: 'close' } : {}),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

async function answerTo(options: HttpServerOptions, request: IncomingMessage): Promise<EndpointAnswer> {
  const { endpoint, onError, maxBodyBytes = 0 } = options;
  const method = methodsOf(options).find((each) => each === request.method);
  if (method === undefined) return { status: 405, body: `only ${methodsOf(options).join(', ')}\n` };
  const url = URL.parse(request.url ?? '/', 'http://localhost');
  if (url === null) return { status: 400, body: 'not a path\n' };
  const { pathname: path, searchParams: query } = url;
  try {
    const body = method === 'POST' ? await readBody(request, maxBodyBytes) : '';
    if (body === undefined) return { status: 413, body: `at most ${maxBodyBytes} bytes\n` };
    return await endpoint({ method, path, query, headers: request.headers, body });
  } catch (error) {
    onError(error);
    return { status: 500, body: 'internal error\n' };
  }
}

function methodsOf({ maxBodyBytes }: HttpServerOptions): readonly EndpointRequest['method'][] {
  return maxBodyBytes === undefined ? ['GET', 'HEAD'] : ['GET', 'HEAD', 'POST'];
}

/** Undefined for a body that is longer than that; what is too much is never kept. */
async function readBody(request: IncomingMessage, maxBytes: number): Promise<string | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return undefined;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Splits `host:port`; an IPv6 host is in brackets. Throws when it is neither. */
export function parseAddress(address: string): { readonly host: string; readonly port: number } {
  const [, host, port] = /^(\[[0-9a-f:.]+\]|[^:]*):(\d{1,5})$/iu.exec(address) ?? [];
  if (host === undefined || port === undefined || Number(port) > 65_535)
    throw new Error(`address ${JSON.stringify(address)} must be host:port or :port`);
  return { host: host.replace(/^\[|\]$/gu, ''), port: Number(port) };
}
