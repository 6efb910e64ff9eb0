import { describe, expect, it } from 'vitest';

import { httpRequest } from '../../../test/prometheus/http-request.ts';
import { handlerTransport } from './handler-transport.ts';
import { textResponse, type HttpHandler } from './http-handler.ts';
import { listenOnLoopback } from './loopback-listener.ts';

const echo: HttpHandler = ({ method, target, body }) => textResponse(200, `${method} ${target} ${body}`);

describe('the loopback listener', () => {
  it('hands whole requests to its handler, and refuses a body over 1 MiB', async () => {
    const listener = await listenOnLoopback(echo);
    try {
      expect(await httpRequest(`${listener.url}/a?b=c`, { method: 'POST', body: 'x=y' })).toEqual({
        status: 200,
        body: 'POST /a?b=c x=y',
      });
      const large = await httpRequest(listener.url, { method: 'POST', body: 'x'.repeat(1024 * 1024 + 1) }).catch(
        (error: unknown) => ({ status: String(error) }),
      );
      // The answer may be lost when the connection is closed while the client still sends.
      expect(String(large.status)).toMatch(/^413$|EPIPE|ECONNRESET/);
    } finally {
      await listener.close();
    }
  });

  it('says when its port is taken', async () => {
    const listener = await listenOnLoopback(echo);
    await expect(listenOnLoopback(echo, listener.port)).rejects.toThrow('EADDRINUSE');
    await listener.close();
  });

  it('ends a connection whose request broke the handler, and serves the next', async () => {
    const listener = await listenOnLoopback((request) => {
      if (request.target === '/broken') throw new Error('broken');
      return echo(request);
    });
    await expect(httpRequest(`${listener.url}/broken`)).rejects.toThrow(/socket hang up|ECONNRESET/);
    expect((await httpRequest(`${listener.url}/`)).status).toBe(200);
    await listener.close();
  });
});

describe('the transport of a handler', () => {
  const request = { method: 'POST', url: 'http://anything:9090/a?b=c', headers: {}, body: 'x=y' };

  it('answers whatever the host is', async () => {
    const response = await handlerTransport(echo).request(request);
    let text = '';
    for await (const chunk of response.body) text += new TextDecoder().decode(chunk);
    expect([response.status, text]).toEqual([200, 'POST /a?b=c x=y']);
  });

  it('refuses aborted requests, and every request after close', async () => {
    const transport = handlerTransport(echo);
    await expect(transport.request({ ...request, signal: AbortSignal.abort() })).rejects.toThrow('aborted');
    await transport.close();
    await expect(transport.request(request)).rejects.toThrow('closed');
  });
});
