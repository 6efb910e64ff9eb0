import { connect, createServer, type AddressInfo } from 'node:net';

/** Passes bytes on to a port of this machine and counts connections. */
export interface CountingProxy {
  readonly port: number;
  readonly connections: number;
  close(): void;
}

/** Listens on a free port. */
export async function countingProxy(targetPort: number): Promise<CountingProxy> {
  let connections = 0;
  const server = createServer((incoming) => {
    connections += 1;
    const outgoing = connect(targetPort, '127.0.0.1');
    incoming.pipe(outgoing).pipe(incoming);
    incoming.on('error', () => outgoing.destroy());
    outgoing.on('error', () => incoming.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections;
    },
    close: () => {
      server.close();
    },
  };
}
