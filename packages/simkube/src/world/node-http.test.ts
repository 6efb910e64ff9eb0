import { describe, expect, it } from 'vitest';

import { textResponse, type HttpRequest } from '../kubelet/http-exchange.ts';
import { forwardingHandler, listenHttp } from './node-http.ts';
import { listenIngress } from './ingress-listener.ts';

const get = (path: string): HttpRequest => ({ method: 'GET', path, headers: { host: 'a.example:80' } });

describe('HTTP over sockets of this machine', () => {
  it('passes method, path, host, headers and body on, both ways', async () => {
    const seen: HttpRequest[] = [];
    const server = await listenHttp(
      (request) => {
        seen.push(request);
        return Promise.resolve({ ...textResponse(201, 'made'), headers: { 'x-answer': 'yes' } });
      },
      { port: 0 },
    );
    const forward = forwardingHandler(server.port);
    const headers = { host: 'a.example:80', 'x-question': 'why', connection: 'close' };
    const response = await forward({ method: 'POST', path: '/p?q=1', headers, body: 'some text' });
    expect(response).toMatchObject({ status: 201, body: 'made', headers: { 'x-answer': 'yes' } });
    expect(seen).toMatchObject([
      { method: 'POST', path: '/p?q=1', body: 'some text', headers: { 'x-question': 'why' } },
    ]);
    expect(seen[0]?.headers).toMatchObject({ host: 'a.example:80' });
    forward.close();
    await server.close();
  });

  it('refuses a body that is too long', async () => {
    const server = await listenHttp(() => Promise.resolve(textResponse(200, 'never')), { port: 0 });
    const forward = forwardingHandler(server.port);
    const answer = await forward({ ...get('/'), method: 'POST', body: 'x'.repeat(1_048_577) }).catch(() => undefined);
    expect(answer?.status ?? 413).toBe(413);
    forward.close();
    await server.close();
  });

  it('breaks the connection of a handler that fails', async () => {
    const server = await listenHttp(() => Promise.reject(new Error('broken')), { port: 0 });
    const forward = forwardingHandler(server.port);
    await expect(forward(get('/'))).rejects.toThrow();
    forward.close();
    await server.close();
  });

  it('opens an ingress to clients', async () => {
    const ingress = {
      fetch: ({ host, path }: { host: string; path: string }) => Promise.resolve(textResponse(200, `${host}${path}`)),
    };
    const listener = await listenIngress(ingress, { port: 0 });
    const forward = forwardingHandler(listener.port);
    expect(await forward(get('/hello'))).toMatchObject({ status: 200, body: 'a.example:80/hello' });
    forward.close();
    await listener.close();
  });
});
