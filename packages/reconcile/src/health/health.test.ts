import { request as httpsRequest } from 'node:https';
import { request as httpRequest } from 'node:http';

import { afterEach, describe, expect, it } from 'vitest';

import { selfSignedCertificate } from '../certificates/self-signed-certificate.ts';
import { answerChecks, type Check } from './checks.ts';
import { parseAddress, serveHttp, type Endpoint, type HttpServer, type HttpServerOptions } from './http-server.ts';
import { probeEndpoint } from './probe-endpoint.ts';

const open: HttpServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function serve(options: Partial<HttpServerOptions>): Promise<HttpServer> {
  const server = await serveHttp({
    address: '127.0.0.1:0',
    endpoint: () => Promise.resolve({ status: 200, body: 'hello' }),
    onError: () => undefined,
    ...options,
  });
  open.push(server);
  return server;
}

function ask(
  server: HttpServer,
  path: string,
  options: { method?: string; tls?: boolean; body?: string; chunked?: boolean } = {},
): Promise<[number, string]> {
  const request = options.tls === true ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const { method = 'GET', chunked = false } = options;
    const headers = chunked ? { 'transfer-encoding': 'chunked' } : {};
    request({ host: '127.0.0.1', port: server.port, path, method, headers, rejectUnauthorized: false }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('end', () => {
        resolve([response.statusCode ?? 0, body]);
      });
    })
      .on('error', reject)
      .end(options.body);
  });
}

describe('checks', () => {
  const checks = new Map<string, Check>([
    ['ping', () => undefined],
    ['cache', () => 'pods: no list yet'],
    [
      'broken',
      () => {
        throw new Error('oops');
      },
    ],
  ]);
  const all = { isVerbose: false, excluded: [] };

  it('say ok when all is well, and each one when asked to be verbose', () => {
    const good = new Map([['ping', (): undefined => undefined]]);
    expect(answerChecks('healthz', good, all)).toEqual({ status: 200, body: 'ok' });
    expect(answerChecks('healthz', good, { ...all, isVerbose: true })?.body).toBe('[+]ping ok\nhealthz check passed\n');
  });

  it('name what failed, a check that throws too', () => {
    expect(answerChecks('readyz', checks, all)).toEqual({
      status: 500,
      body: '[+]ping ok\n[-]cache failed: pods: no list yet\n[-]broken failed: the check threw: Error: oops\nreadyz check failed\n',
    });
  });

  it('can be asked one by one, and left out', () => {
    expect(answerChecks('readyz', checks, { ...all, name: 'ping' })?.status).toBe(200);
    expect(answerChecks('readyz', checks, { ...all, name: 'cache' })?.status).toBe(500);
    expect(answerChecks('readyz', checks, { ...all, name: 'nope' })).toBeUndefined();
    expect(answerChecks('readyz', checks, { ...all, excluded: ['cache', 'broken'] })?.status).toBe(200);
  });
});

describe('the probe endpoint', () => {
  it('serves healthz and readyz over HTTP', async () => {
    let problem: string | undefined = 'not yet';
    const endpoint = probeEndpoint({
      healthz: new Map([['ping', () => undefined]]),
      readyz: new Map([['cache', () => problem]]),
    });
    const server = await serve({ endpoint });
    expect(await ask(server, '/healthz')).toEqual([200, 'ok']);
    expect((await ask(server, '/readyz'))[0]).toBe(500);
    problem = undefined;
    expect(await ask(server, '/readyz')).toEqual([200, 'ok']);
    expect((await ask(server, '/readyz?verbose'))[1]).toContain('[+]cache ok');
    expect((await ask(server, '/readyz/cache'))[0]).toBe(200);
    for (const path of ['/', '/readyz/x', '/readyz/cache/y', '/constructor', '/readyz/%zz'])
      expect((await ask(server, path))[0]).toBe(404);
  });
});

describe('the HTTP server', () => {
  it('reads only', async () => {
    const server = await serve({});
    expect((await ask(server, '/', { method: 'POST' }))[0]).toBe(405);
    expect(await ask(server, '/', { method: 'HEAD' })).toEqual([200, '']);
  });

  it.each([
    ['takes a body where POST is served', 'ä', {}, [200, 'POST ä']],
    ['takes the longest one', 'four', {}, [200, 'POST four']],
    ['refuses a longer one', 'five!', {}, [413, 'at most 4 bytes\n']],
    ['refuses a longer one that did not say how long it is', 'five!', { chunked: true }, [413, 'at most 4 bytes\n']],
  ])('%s', async (_what, body, more, answer) => {
    const endpoint: Endpoint = (request) => Promise.resolve({ status: 200, body: `${request.method} ${request.body}` });
    const server = await serve({ endpoint, maxBodyBytes: 4 });
    expect(await ask(server, '/', { method: 'POST', body, ...more })).toEqual(answer);
    expect((await ask(server, '/', { method: 'PUT' }))[0]).toBe(405);
  });

  it('tells nothing of an internal error to the client', async () => {
    const errors: unknown[] = [];
    const server = await serve({
      endpoint: () => Promise.reject(new Error('secret')),
      onError: (error) => errors.push(String(error)),
    });
    expect(await ask(server, '/')).toEqual([500, 'internal error\n']);
    expect(errors).toEqual(['Error: secret']);
  });

  it('serves TLS with a certificate of its own making', async () => {
    const certificate = await selfSignedCertificate(['localhost'], 1_795_000_000_000);
    const server = await serve({ tls: certificate });
    expect(await ask(server, '/', { tls: true })).toEqual([200, 'hello']);
    await expect(ask(server, '/')).rejects.toThrow();
  });

  it('names the address that it cannot listen on', async () => {
    const first = await serve({});
    await expect(serve({ address: `127.0.0.1:${first.port}` })).rejects.toThrow(
      `cannot listen on 127.0.0.1:${first.port}`,
    );
  });

  it.each([
    [':8081', { host: '', port: 8081 }],
    ['127.0.0.1:0', { host: '127.0.0.1', port: 0 }],
    ['[::1]:80', { host: '::1', port: 80 }],
  ])('understands the address %s', (address, expected) => {
    expect(parseAddress(address)).toEqual(expected);
  });

  it.each(['8081', ':', ':99999', '::1:80', 'host:port'])('refuses the address %s', (address) => {
    expect(() => parseAddress(address)).toThrow('must be host:port or :port');
  });
});
