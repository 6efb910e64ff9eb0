import { virtualEnv } from '@canaryop/reconcile/testing';
import { describe, expect, it } from 'vitest';

import { textResponse, type HttpHandler } from '../kubelet/http-exchange.ts';
import { PodNetwork } from '../kubelet/pod-network.ts';
import type { ProgramContext } from '../kubelet/program.ts';
import { loopbackProgram } from './loopback-program.ts';
import { forwardingHandler, listenHttp } from './node-http.ts';

const request = { method: 'GET', path: '/hello', headers: { host: 'a.example' } };

/** A program's context by hand, and a promise of its first open port. */
function start(handler: HttpHandler, startupMs: number) {
  const env = virtualEnv();
  const network = new PodNetwork();
  const terminate = new AbortController();
  const kill = new AbortController();
  const calls: string[] = [];
  let port = 0;
  const program = loopbackProgram(
    () => 8088,
    async () => {
      const server = await listenHttp(handler, { port: 0 });
      port = server.port;
      return {
        port: server.port,
        stop: () => {
          calls.push('stop');
          return server.close();
        },
        destroy: () => {
          calls.push('destroy');
          void server.close();
        },
      };
    },
    startupMs,
  );
  const opened = new Promise<void>((resolve) => {
    network.onChange('10.244.0.1', () => resolve());
  });
  const context: ProgramContext = {
    env,
    pod: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { containers: [] } },
    container: { name: 'main' },
    args: [],
    variables: {},
    signal: terminate.signal,
    killed: kill.signal,
    serviceAccountToken: () => undefined,
    log: () => undefined,
    listen: (number, serve) => network.listen('10.244.0.1', number, serve),
  };
  return { env, network, terminate, kill, calls, opened, exit: program(context), port: () => port };
}

describe('a program that is a real server', () => {
  it('answers on its pod port, and at SIGTERM stops and exits with 0', async () => {
    const run = start(() => Promise.resolve(textResponse(200, 'Hello! v1')), 500);
    await run.env.time.advance(499);
    expect(run.network.isListening('10.244.0.1', 8088)).toBe(false);
    await run.env.time.advance(1);
    await run.opened;
    expect(await run.network.dispatch('10.244.0.1', 8088, request)).toMatchObject({
      outcome: 'response',
      response: { status: 200, body: 'Hello! v1' },
    });
    run.terminate.abort();
    expect(await run.exit).toBe(0);
    expect(run.calls).toEqual(['stop', 'destroy']);
    expect(await run.network.dispatch('10.244.0.1', 8088, request)).toEqual({ outcome: 'refused' });
    await expect(forwardingHandler(run.port())(request)).rejects.toThrow();
  });

  it('breaks its connections when it is killed', async () => {
    const run = start(() => new Promise(() => undefined), 0);
    await run.env.time.advance(0);
    await run.opened;
    const taken = run.network.dispatch('10.244.0.1', 8088, request);
    run.kill.abort();
    expect(await taken).toEqual({ outcome: 'reset' });
    run.terminate.abort();
    await run.exit;
  });

  it('that is stopped before it started opens nothing', async () => {
    const run = start(() => Promise.resolve(textResponse(200, '')), 500);
    run.terminate.abort();
    expect(await run.exit).toBe(0);
    expect(run.port()).toBe(0);
  });
});
