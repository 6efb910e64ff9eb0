import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import type { TransportRequest } from '../env/transport.ts';
import { ScriptedTransport, type ScriptedAnswer } from '../testing/scripted-transport.ts';
import { virtualEnv } from '../testing/virtual-env.ts';
import { inClusterConnection, isInCluster } from './in-cluster.ts';
import { renewableConnection, type Identity } from './renewable-connection.ts';
import type { TlsMaterial } from './undici-transport.ts';

const request: TransportRequest = { method: 'GET', url: 'http://api/', headers: {} };
const identity = (token: string, ca = 'ca-1'): Identity => ({ headers: { authorization: token }, tls: { ca } });

function world(load: (anew: boolean, count: number) => Promise<Identity>) {
  const env = virtualEnv();
  const opened: { tls: TlsMaterial; isClosed: boolean }[] = [];
  let loads = 0;
  const connection = renewableConnection({
    env,
    server: 'http://api',
    maxAgeMs: 60_000,
    load: (anew) => load(anew, loads++),
    connect: (tls) => {
      const entry = { tls, isClosed: false };
      opened.push(entry);
      const transport = new ScriptedTransport((): ScriptedAnswer => ({ json: {} }));
      return {
        request: (sent) => transport.request(sent),
        close() {
          entry.isClosed = true;
          return Promise.resolve();
        },
      };
    },
  });
  return { env, connection, opened, loads: () => loads };
}

describe('a connection whose identity changes', () => {
  it('loads its identity once for all requests of a minute, and again after it', async () => {
    const w = world((_, count) => Promise.resolve(identity(`t${count}`)));
    const headers = await Promise.all([1, 2, 3].map(() => w.connection.credentials.headers()));
    expect(headers).toEqual([{ authorization: 't0' }, { authorization: 't0' }, { authorization: 't0' }]);
    await w.env.time.advance(59_999);
    expect(await w.connection.credentials.headers()).toEqual({ authorization: 't0' });
    await w.env.time.advance(1);
    expect(await w.connection.credentials.headers()).toEqual({ authorization: 't1' });
  });

  it('loads it anew, once however many requests were refused', async () => {
    const asked: boolean[] = [];
    const w = world((anew, count) => {
      asked.push(anew);
      return Promise.resolve(identity(`t${count}`));
    });
    await w.connection.credentials.headers();
    await Promise.all([w.connection.credentials.refresh(), w.connection.credentials.refresh()]);
    expect(asked).toEqual([false, true]);
    expect(await w.connection.credentials.headers()).toEqual({ authorization: 't1' });
  });

  it('keeps its sockets while only the token changes, and opens new ones for another CA', async () => {
    const w = world((_, count) => Promise.resolve(identity(`t${count}`, count < 2 ? 'ca-1' : 'ca-2')));
    await w.connection.transport.request(request);
    await w.connection.credentials.refresh();
    await w.connection.transport.request(request);
    expect(w.opened).toEqual([{ tls: { ca: 'ca-1' }, isClosed: false }]);
    await w.connection.credentials.refresh();
    await w.connection.transport.request(request);
    expect(w.opened).toEqual([
      { tls: { ca: 'ca-1' }, isClosed: true },
      { tls: { ca: 'ca-2' }, isClosed: false },
    ]);
  });

  it('goes on with what it has while a reload fails, but cannot begin without an identity', async () => {
    const w = world((_, count) =>
      count === 1 ? Promise.resolve(identity('t1')) : Promise.reject(new Error('no such file')),
    );
    await expect(w.connection.credentials.headers()).rejects.toThrow('no such file');
    expect(await w.connection.credentials.headers()).toEqual({ authorization: 't1' });
    await w.env.time.advance(60_000);
    expect(await w.connection.credentials.headers()).toEqual({ authorization: 't1' });
    expect(w.loads()).toBe(3);
  });
});

describe('a connection from a pod', () => {
  it('reads token, CA and namespace from the mounted service account, and a rotated token after a minute', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'service-account-'));
    try {
      const write = (name: string, text: string): Promise<void> => writeFile(join(directory, name), text);
      await Promise.all([write('token', 'first\n'), write('ca.crt', 'pem'), write('namespace', 'demo\n')]);
      const env = virtualEnv();
      const environment = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };
      const { connection, namespace } = await inClusterConnection(env, { environment, directory });
      expect([connection.server, namespace]).toEqual(['https://[fd00::1]:443', 'demo']);
      expect(await connection.credentials.headers()).toEqual({ authorization: 'Bearer first' });
      await write('token', 'second\n');
      expect(await connection.credentials.headers()).toEqual({ authorization: 'Bearer first' });
      await env.time.advance(60_000);
      expect(await connection.credentials.headers()).toEqual({ authorization: 'Bearer second' });
      await write('token', 'third\n');
      await connection.credentials.refresh();
      expect(await connection.credentials.headers()).toEqual({ authorization: 'Bearer third' });
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it('is refused outside of a pod, with what to do instead', async () => {
    expect(isInCluster({})).toBe(false);
    await expect(inClusterConnection(virtualEnv(), { environment: {} })).rejects.toThrow('use a kubeconfig file');
  });
});
