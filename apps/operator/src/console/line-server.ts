import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import type { Env, Logger } from '@canaryop/reconcile/env';

import type { ConsoleSession } from './console.ts';

/** Longer lines, more of them at a time, and connections beyond these are cut off. */
const maxLineLength = 512;
const maxConnections = 16;
const idleMs = 600_000;

/** Where the console listens, and what for. */
export interface LineServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Called for each connection. */
  readonly open: () => ConsoleSession;
}

/** A console for `nc`: one line in, some text out. Ends, with all its connections, when `signal` aborts. */
export async function serveLines(
  env: Pick<Env, 'timers' | 'log'>,
  options: LineServerOptions,
  signal: AbortSignal,
): Promise<void> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    if (sockets.size >= maxConnections) {
      socket.end('Too many connections.\n');
      return;
    }
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    converse(env, socket, options.open());
  });
  const ended = new Promise<void>((resolve) => server.once('close', resolve));
  await listening(server, options);
  const { address, port } = server.address() as AddressInfo;
  env.log.info('the console listens', { address: `${address}:${port}` });
  const stop = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  await ended;
}

function listening(server: Server, { host, port }: LineServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Lines are answered one after the other, in their order, whatever came in one packet. */
function converse({ timers, log }: Pick<Env, 'timers' | 'log'>, socket: Socket, session: ConsoleSession): void {
  let rest = '';
  let answered: Promise<void> = Promise.resolve();
  let cancel = timers.schedule(idleMs, () => socket.destroy());
  socket.setEncoding('utf8');
  socket.on('error', () => socket.destroy());
  socket.once('close', () => {
    cancel();
  });
  socket.on('data', (text: string) => {
    cancel();
    cancel = timers.schedule(idleMs, () => socket.destroy());
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop() ?? '';
    if ([rest, ...lines].some(({ length }) => length > maxLineLength)) {
      socket.end('The line is too long.\n');
      return;
    }
    for (const line of lines) answered = answered.then(() => answer(socket, session, line, log));
  });
  socket.write(session.greeting);
}

async function answer(socket: Socket, session: ConsoleSession, line: string, log: Logger): Promise<void> {
  if (socket.writableEnded || socket.destroyed) return;
  log.info('asked at the console', { line: line.trim() });
  socket.write(await session.answer(line));
}
