import { sleep } from '@canaryop/reconcile/env';

import type { Program, ProgramContext } from '../kubelet/program.ts';
import { untilTerminated } from './in-process-programs.ts';
import { forwardingHandler } from './node-http.ts';

/** A real server on a loopback port of this machine. */
export interface LoopbackServer {
  readonly port: number;
  /** Accepts nothing more and resolves when what it has taken is answered. */
  stop(): Promise<void>;
  /** Breaks every connection at once. */
  destroy(): void;
}

/**
 * An image that runs a real HTTP server, on a random loopback port, behind the pod's `containerPort`. Only for real
 * time: virtual time does not wait for sockets. It starts `startupMs` after its container, as programs take a while.
 */
export function loopbackProgram(
  containerPort: (context: ProgramContext) => number,
  start: (context: ProgramContext) => Promise<LoopbackServer>,
  startupMs = 500,
): Program {
  return async (context) => {
    await sleep(context.env.timers, startupMs, context.signal);
    if (context.signal.aborted) return 0;
    const server = await start(context);
    const handler = forwardingHandler(server.port);
    context.killed.addEventListener('abort', () => server.destroy(), { once: true });
    try {
      const listener = context.listen(containerPort(context), handler);
      await untilTerminated(context.signal);
      await listener.close();
      await server.stop();
      return 0;
    } finally {
      handler.close();
      server.destroy();
    }
  };
}
