import { webcrypto } from 'node:crypto';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type AddressInfo } from 'node:net';

import { describe, expect, it } from 'vitest';

import type { Transport, TransportResponse } from '../env/transport.ts';
import { undiciTransport } from './undici-transport.ts';

interface Loopback {
  readonly port: number;
  readonly sockets: () => number;
}

async function withServer(server: Server, use: (loopback: Loopback) => Promise<void>): Promise<void> {
  let sockets = 0;
  server.on('connection', () => {
    sockets += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await use({ port: (server.address() as AddressInfo).port, sockets: () => sockets });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const http = (listener: RequestListener, use: (loopback: Loopback) => Promise<void>): Promise<void> =>
  withServer(createHttpServer(listener), use);

async function text(response: TransportResponse): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of response.body) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

const get = async (transport: Transport, url: string, more: object = {}): Promise<string> =>
  text(await transport.request({ method: 'GET', url, headers: {}, ...more }));

describe('the transport', () => {
  it('sends 200 requests one after the other over one connection, or two where one is still being let go', async () => {
    await http(
      (_, response) => response.end('ok'),
      async ({ port, sockets }) => {
        const transport = undiciTransport();
        for (let count = 0; count < 200; count += 1) {
          expect(await get(transport, `http://127.0.0.1:${port}/`)).toBe('ok');
        }
        expect(sockets()).toBeLessThanOrEqual(2);
        await transport.close();
      },
    );
  });

  it('renews a lease and opens watches while all connections for requests are held', async () => {
    const held: (() => void)[] = [];
    await http(
      ({ url }, response) => {
        if (url === '/slow') held.push(() => response.end());
        else response.end('ok');
      },
      async ({ port }) => {
        const transport = undiciTransport({ maxConnections: 1 });
        const slow = get(transport, `http://127.0.0.1:${port}/slow`);
        const waiting = get(transport, `http://127.0.0.1:${port}/write`);
        const others = [{ pool: 'leases' }, { pool: 'watches' }, { pool: 'watches' }, { pool: 'watches' }];
        for (const pool of others) expect(await get(transport, `http://127.0.0.1:${port}/`, pool)).toBe('ok');
        for (const end of held) end();
        expect([await slow, await waiting]).toEqual(['', 'ok']);
        await transport.close();
      },
    );
  });

  it('sends what it is given and returns any status, with header names in lower case and no redirect followed', async () => {
    const listener: RequestListener = (request, response) => {
      request.setEncoding('utf8').on('data', (body: string) => {
        response.writeHead(302, {
          Location: '/elsewhere',
          'X-Seen': `${request.method} ${request.url} ${String(request.headers['x-a'])} ${body}`,
        });
        response.end();
      });
    };
    await http(listener, async ({ port, sockets }) => {
      const transport = undiciTransport();
      const url = `http://127.0.0.1:${port}/a%3Ab?x=1%2F2`;
      const response = await transport.request({ method: 'PATCH', url, headers: { 'x-a': 'b' }, body: '{"ü":1}' });
      expect(response.status).toBe(302);
      expect(response.headers['x-seen']).toBe('PATCH /a%3Ab?x=1%2F2 b {"ü":1}');
      expect(await text(response)).toBe('');
      expect(sockets()).toBe(1);
      await transport.close();
    });
  });

  it('gives chunks as they come, and lets go of the connection when the reader leaves', async () => {
    let closed: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const listener: RequestListener = (_, response) => {
      response.on('close', closed);
      response.write('first');
    };
    await http(listener, async ({ port }) => {
      const transport = undiciTransport();
      const { body } = await transport.request({ method: 'GET', url: `http://127.0.0.1:${port}/`, headers: {} });
      for await (const chunk of body) {
        expect(Buffer.from(chunk).toString()).toBe('first');
        break;
      }
      await gone;
      await transport.close();
    });
  });

  it.each(['before the head', 'while the body is read'])('ends with its signal %s', async (when) => {
    const listener: RequestListener = (_, response) => {
      if (when === 'while the body is read') response.write('x');
    };
    await http(listener, async ({ port }) => {
      const transport = undiciTransport();
      const stop = new AbortController();
      const pending = get(transport, `http://127.0.0.1:${port}/`, { signal: stop.signal });
      stop.abort(new Error('stopped'));
      await expect(pending).rejects.toThrow('stopped');
      await transport.close();
    });
  });

  it('rejects when nobody listens, and once it is closed', async () => {
    const transport = undiciTransport();
    let freePort = 0;
    await http(
      () => undefined,
      ({ port }) => {
        freePort = port;
        return Promise.resolve();
      },
    );
    await expect(get(transport, `http://127.0.0.1:${freePort}/`)).rejects.toThrow('ECONNREFUSED');
    await transport.close();
    await expect(get(transport, `http://127.0.0.1:${freePort}/`)).rejects.toThrow('closed');
  });

  it('connects to another address when told to, as the host that the URL names', async () => {
    await http(
      (request, response) => response.end(request.headers.host),
      async ({ port, sockets }) => {
        const transport = undiciTransport();
        const address = { host: '127.0.0.1', port };
        expect(await get(transport, 'http://prometheus.example:9090/q', { address })).toBe('prometheus.example:9090');
        expect(await get(transport, 'http://prometheus.example:9090/q', { address })).toBe('prometheus.example:9090');
        expect(sockets()).toBeLessThanOrEqual(2);
        await transport.close();
      },
    );
  });
});

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

async function selfSigned(name: string): Promise<{ cert: string; key: string }> {
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  x509.cryptoProvider.set(webcrypto);
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: [{ CN: [name] }],
    signingAlgorithm: algorithm,
    keys,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: name }])],
  });
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  const key = `-----BEGIN PRIVATE KEY-----\n${der.replaceAll(/.{64}/g, '$&\n')}\n-----END PRIVATE KEY-----\n`;
  return { cert: certificate.toString('pem'), key };
}

describe('the transport over TLS', () => {
  it('trusts the CA that it is given, verifies the name of the URL or another that it is told, and shows its certificate', async () => {
    const [ours, theirs] = await Promise.all([selfSigned('api.example'), selfSigned('client')]);
    const server = createTlsServer(
      { ...ours, requestCert: true, rejectUnauthorized: false, ca: theirs.cert },
      (request, response) => {
        const socket = request.socket as unknown as {
          getPeerCertificate(): { subject?: { CN?: string } };
          authorized: boolean;
        };
        response.end(`${socket.getPeerCertificate().subject?.CN ?? 'nobody'} ${socket.authorized}`);
      },
    );
    await withServer(server, async ({ port }) => {
      const address = { host: '127.0.0.1', port };
      const ask = async (tls: object, url: string): Promise<string> => {
        const transport = undiciTransport({ tls });
        const answer = await get(transport, url, { address }).catch(
          (error: unknown) => (error as { code: string }).code,
        );
        await transport.close();
        return answer;
      };
      const url = `https://api.example:${port}/`;
      expect(await ask({ ca: ours.cert }, url)).toBe('nobody false');
      expect(await ask({ ...theirs, ca: ours.cert }, url)).toBe('client true');
      expect(await ask({}, url)).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
      expect(await ask({ ca: ours.cert }, `https://127.0.0.1:${port}/`)).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
      expect(await ask({ ca: ours.cert, serverName: 'api.example' }, `https://127.0.0.1:${port}/`)).toBe(
        'nobody false',
      );
      expect(await ask({ insecureSkipVerify: true }, url)).toBe('nobody false');
    });
  });

  it('goes through a proxy that it is given, in a tunnel, and sees through it who the server is', async () => {
    const ours = await selfSigned('api.example');
    const server = createTlsServer(ours, (_, response) => response.end('through'));
    const tunnels: string[] = [];
    const proxy = createHttpServer((_, response) => response.writeHead(405).end());
    await withServer(server, async ({ port }) => {
      proxy.on('connect', (request, socket) => {
        tunnels.push(`${request.url} ${request.headers['proxy-authorization']}`);
        const upstream = connect(port, '127.0.0.1', () => {
          socket.write('HTTP/1.1 200 OK\r\n\r\n');
          upstream.pipe(socket).pipe(upstream);
        });
        for (const end of [upstream, socket]) end.on('error', () => upstream.destroy());
      });
      await withServer(proxy, async (at) => {
        const url = `http://me:pass@127.0.0.1:${at.port}`;
        const transport = undiciTransport({ tls: { ca: ours.cert }, proxy: url });
        expect(await get(transport, 'https://api.example:6443/')).toBe('through');
        expect(await get(transport, 'https://api.example:6443/')).toBe('through');
        await expect(get(transport, 'https://other.example:6443/')).rejects.toMatchObject({
          code: 'ERR_TLS_CERT_ALTNAME_INVALID',
        });
        await transport.close();
      });
    });
    const basic = `Basic ${Buffer.from('me:pass').toString('base64')}`;
    expect(new Set(tunnels)).toEqual(new Set([`api.example:6443 ${basic}`, `other.example:6443 ${basic}`]));
  });
});
