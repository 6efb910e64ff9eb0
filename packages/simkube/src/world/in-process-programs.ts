import { sleep } from '@canaryop/reconcile/env';

import { textResponse, type HttpHandler } from '../kubelet/http-exchange.ts';
import type { Program, ProgramContext } from '../kubelet/program.ts';

/** How a server in this process behaves in time. */
export interface ServeOptions {
  /** From the container's start to an open port (default 500 ms). */
  readonly startupMs?: number;
  /** From a request's arrival to its answer (default 5 ms). */
  readonly latencyMs?: number;
}

/** Resolves when the program has to begin to stop. */
export function untilTerminated(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/**
 * A server that stops as a well-behaved one does: at SIGTERM it accepts nothing more, answers what it has taken, and
 * exits with 0.
 */
export function serverProgram(
  ports: (context: ProgramContext) => readonly number[],
  handler: HttpHandler,
  options: ServeOptions = {},
): Program {
  const { startupMs = 500, latencyMs = 5 } = options;
  return async (context) => {
    const { timers } = context.env;
    await sleep(timers, startupMs, context.signal);
    if (context.signal.aborted) return 0;
    const listeners = ports(context).map((port) =>
      context.listen(port, async (request) => {
        await sleep(timers, latencyMs, context.killed);
        return handler(request);
      }),
    );
    for (const port of ports(context)) context.log(`Starting server at port ${port}`);
    await untilTerminated(context.signal);
    await Promise.all(listeners.map((listener) => listener.close()));
    return 0;
  };
}

/** The TCP ports that the container declares. */
export function declaredPorts({ container }: ProgramContext): readonly number[] {
  return (container.ports ?? []).filter((port) => (port.protocol ?? 'TCP') === 'TCP').map((port) => port.containerPort);
}

/** The README's server: `/hello` is a 200, `/nothello` a 500, both say which version answered. */
export function sampleHandler(version: string): HttpHandler {
  return (request) => {
    const path = request.path.split('?', 1)[0];
    if (path === '/hello') return Promise.resolve(textResponse(200, `Hello! ${version}`));
    if (path === '/nothello') return Promise.resolve(textResponse(500, `NotHello! ${version}`));
    return Promise.resolve(textResponse(404, '404 page not found\n'));
  };
}

/** A process that exits with `exitCode` after `afterMs`, unless it is stopped before. */
export function exitingProgram(exitCode: number, afterMs: number, lastWords: string): Program {
  return async (context) => {
    await sleep(context.env.timers, afterMs, context.signal);
    if (context.signal.aborted) return 0;
    context.log(lastWords);
    return exitCode;
  };
}
