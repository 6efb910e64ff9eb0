import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { silentLogger } from '../env/logger.ts';
import { processEnv } from '../env/process-env.ts';
import { virtualEnv } from '../testing/virtual-env.ts';
import { clientNodeConnection, kubeConfigConnection } from './kube-config.ts';
import { readPlainConfig } from './plain-kube-config.ts';

/** Prints an ExecCredential whose token says how often it has run, told by the size of a file. */
const plugin = `
const fs = require('node:fs');
fs.appendFileSync(process.argv[1], '.');
const { apiVersion, spec } = JSON.parse(process.env.KUBERNETES_EXEC_INFO);
const token = [spec.cluster.server, process.env.FLAVOUR, fs.readFileSync(process.argv[1], 'utf8').length].join(' ');
console.log(JSON.stringify({ apiVersion, kind: 'ExecCredential', status: { token } }));
`;

const base64 = (text: string): string => Buffer.from(text).toString('base64');
let directory = '';
let path = '';

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
  path = join(directory, 'config');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'token',
    clusters: [
      {
        name: 'c',
        cluster: {
          server: 'https://api.example:6443/',
          'certificate-authority-data': base64('CA'),
          'tls-server-name': 'kube',
        },
      },
      { name: 'behind', cluster: { server: 'https://api.example:6443', 'proxy-url': 'socks5://proxy:1080' } },
    ],
    users: [
      { name: 'posing', user: { token: 'secret', as: 'jane' } },
      { name: 'filed', user: { 'client-certificate': 'cert.pem', 'client-key': 'key.pem', tokenFile: 'token' } },
      { name: 'token', user: { token: 'secret' } },
      { name: 'cert', user: { 'client-certificate-data': base64('CERT'), 'client-key-data': base64('KEY') } },
      { name: 'basic', user: { username: 'me', password: 'pass' } },
      {
        name: 'exec',
        user: {
          exec: {
            apiVersion: 'client.authentication.k8s.io/v1',
            provideClusterInfo: true,
            env: [{ name: 'FLAVOUR', value: 'vanilla' }],
            command: process.execPath,
            args: ['-e', plugin, join(directory, 'runs')],
          },
        },
      },
    ],
    contexts: [
      ...['token', 'cert', 'basic', 'exec', 'posing', 'filed'].map((user) => ({
        name: user,
        context: { cluster: 'c', user, ...(user === 'cert' ? { namespace: 'demo' } : {}) },
      })),
      { name: 'behind', context: { cluster: 'behind', user: 'token' } },
      { name: 'dangling', context: { cluster: 'nowhere', user: 'token' } },
    ],
  };
  await writeFile(path, JSON.stringify(config));
});

afterAll(() => rm(directory, { recursive: true }));

const env = processEnv(silentLogger);

describe('a connection from a kubeconfig', () => {
  it('has the server, the token and the namespace of the current context', async () => {
    const { connection, namespace } = await kubeConfigConnection(env, { path });
    expect([connection.server, namespace]).toEqual(['https://api.example:6443', 'default']);
    expect(await connection.credentials.headers()).toEqual({ authorization: 'Bearer secret' });
  });

  it('has no headers but a client certificate, or a password, where the chosen context says so', async () => {
    const cert = await kubeConfigConnection(env, { path, context: 'cert' });
    expect([await cert.connection.credentials.headers(), cert.namespace]).toEqual([{}, 'demo']);
    const basic = await kubeConfigConnection(env, { path, context: 'basic' });
    expect(await basic.connection.credentials.headers()).toEqual({ authorization: `Basic ${base64('me:pass')}` });
  });

  it('reads the files that are named beside it, and a token anew each minute', async () => {
    await Promise.all(['cert.pem', 'key.pem', 'token'].map((name) => writeFile(join(directory, name), `${name}\n`)));
    const virtual = virtualEnv();
    const { connection } = await kubeConfigConnection(virtual, { path, context: 'filed' });
    expect(await connection.credentials.headers()).toEqual({ authorization: 'Bearer token' });
    await writeFile(join(directory, 'token'), 'another\n');
    expect(await connection.credentials.headers()).toEqual({ authorization: 'Bearer token' });
    await virtual.time.advance(60_000);
    expect(await connection.credentials.headers()).toEqual({ authorization: 'Bearer another' });
  });

  it.each(['token', 'cert', 'basic', 'posing'])('of %s is read alike by us and by client-node', async (user) => {
    const ours = await readPlainConfig({ path, context: user });
    const { connection } = await clientNodeConnection(env, { path, context: user });
    expect([ours?.server, ours?.identity.headers]).toEqual([connection.server, await connection.credentials.headers()]);
  });

  it.each(['exec', 'behind', 'dangling', 'nobody'])('of %s is left to client-node', async (context) => {
    expect(await readPlainConfig({ path, context })).toBeUndefined();
  });

  it('runs an exec plug-in once for many requests, and again after a 401, and tells it the cluster', async () => {
    const { connection } = await kubeConfigConnection(env, { path, context: 'exec' });
    const all = await Promise.all([1, 2, 3].map(() => connection.credentials.headers()));
    expect(new Set(all.map((headers) => headers['authorization']))).toEqual(
      new Set(['Bearer https://api.example:6443 vanilla 1']),
    );
    await Promise.all([connection.credentials.refresh(), connection.credentials.refresh()]);
    expect(await connection.credentials.headers()).toEqual({
      authorization: 'Bearer https://api.example:6443 vanilla 2',
    });
  });

  it('acts as the user that it is told to', async () => {
    const { connection } = await kubeConfigConnection(env, { path, context: 'posing' });
    expect(await connection.credentials.headers()).toEqual({
      authorization: 'Bearer secret',
      'impersonate-user': 'jane',
    });
  });

  it('refuses a proxy that it cannot go through', async () => {
    await expect(kubeConfigConnection(env, { path, context: 'behind' })).rejects.toThrow(
      'cluster behind has proxy-url socks5://proxy:1080',
    );
  });

  it('refuses a context that names no cluster', async () => {
    await expect(kubeConfigConnection(env, { path, context: 'dangling' })).rejects.toThrow(
      '"dangling" names no cluster',
    );
  });
});
