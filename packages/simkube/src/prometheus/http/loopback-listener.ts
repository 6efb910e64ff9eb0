import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { HttpHandler } from './http-handler.ts';

const maxBodyBytes = 1024 * 1024;

/** An HTTP server on 127.0.0.1. */
export interface LoopbackListener {
  readonly port: number;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Ends open connections and frees the port. */
  close(): Promise<void>;
}

/**
 * Serves `handler` on the loopback interface only.
 * @param port the port to take; 0, the default, takes a free one. Rejects when the port is taken.
 */
export async function listenOnLoopback(handler: HttpHandler, port = 0): Promise<LoopbackListener> {
  const server = createServer((request, response) => {
    void answer(handler, request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address() as AddressInfo;
  return {
    port: address.port,
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

/** Never rejects: what cannot be answered ends its connection. */
async function answer(handler: HttpHandler, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const body = await readBody(request);
    if (body === undefined) {
      response.writeHead(413, { connection: 'close' }).end();
      return;
    }
    const result = handler({ method: request.method ?? 'GET', target: request.url ?? '/', body });
    response.writeHead(result.status, { 'content-type': result.contentType }).end(result.body);
  } catch (error) {
    response.destroy(error instanceof Error ? error : undefined);
  }
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
