import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How the server is started. */
export interface SampleServerOptions {
  /** What the answers call themselves, for instance `v1`. */
  readonly version: string;
  /** 0 takes a free one (default 8088). */
  readonly port?: number;
  /** @default every interface */
  readonly host?: string;
}

/** A running server. */
export interface SampleServer {
  readonly port: number;
  /** Accepts nothing more and resolves when the requests that it has taken are answered. */
  stop(): Promise<void>;
  /** Breaks every connection at once. */
  destroy(): void;
}

/** The README's server: `/hello` answers 200 `Hello! <version>`, `/nothello` 500 `NotHello! <version>`. */
export async function startSampleServer(options: SampleServerOptions): Promise<SampleServer> {
  const server = createServer((request, response) => {
    const { status, body } = answer(request.url ?? '/', options.version);
    // A client that keeps its connection must not send the next request to a server that has stopped.
    if (!server.listening) response.setHeader('connection', 'close');
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(body);
  });
  await listening(server, options);
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
    destroy: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function answer(url: string, version: string): { readonly status: number; readonly body: string } {
  switch (url.split('?', 1)[0]) {
    case '/hello':
      return { status: 200, body: `Hello! ${version}` };
    case '/nothello':
      return { status: 500, body: `NotHello! ${version}` };
    default:
      return { status: 404, body: '404 page not found\n' };
  }
}

function listening(server: Server, { port = 8088, host }: SampleServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
