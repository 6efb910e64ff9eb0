import type { RequestOptions } from 'node:https';

// Types only: loading this package costs 88 MB, which a process in a pod never pays.
import type { KubeConfig } from './client-node.ts';

import type { Env } from '../env/env.ts';
import { isJsonObject } from '../object/json.ts';
import type { LoadedCluster } from './in-cluster.ts';
import { readPlainConfig, type PlainConfig } from './plain-kube-config.ts';
import { renewableConnection, type Identity } from './renewable-connection.ts';
import { undiciTransport } from './undici-transport.ts';

/** Which kubeconfig, and which of its contexts. */
export interface KubeConfigOptions {
  /** A file. Absent: `$KUBECONFIG`, then `~/.kube/config`, merged as kubectl does. */
  readonly path?: string;
  /** Absent: the file's current context. */
  readonly context?: string;
}

/** client-node renews expiring tokens itself when it is asked; so it is asked often. */
const maxAgeMs = 60_000;

/**
 * Connects as a kubeconfig context says: client certificates, tokens, token files, basic, exec plug-ins, OIDC. What is
 * more than files and headers is read by client-node, loaded for this only; what comes out is headers and PEM for our own
 * transport, so its connection per request is never used. Files are read anew each minute; after a 401 plug-ins run anew
 * too. Rejects when the context names no cluster, or one behind a proxy that is neither HTTP nor HTTPS.
 */
export async function kubeConfigConnection(env: Env, options: KubeConfigOptions = {}): Promise<LoadedCluster> {
  const plain = await readPlainConfig(options);
  return plain === undefined ? clientNodeConnection(env, options) : plainConnection(env, options, plain);
}

function plainConnection(env: Env, options: KubeConfigOptions, { server, namespace }: PlainConfig): LoadedCluster {
  const connection = renewableConnection({
    env,
    server,
    maxAgeMs,
    connect: (tls) => undiciTransport({ tls }),
    load: async () => {
      const config = await readPlainConfig(options);
      if (config?.server === server) return config.identity;
      throw new Error(
        `kubeconfig: the context no longer leads to ${server} by certificate, token or password; start anew`,
      );
    },
  });
  return { connection, namespace };
}

/** The same by client-node, whatever the context asks for. */
export async function clientNodeConnection(env: Env, options: KubeConfigOptions): Promise<LoadedCluster> {
  return connectionOf(env, await readConfig(options), () => readConfig(options));
}

/** What is needed of a KubeConfig of client-node, of whichever version. */
export interface ParsedKubeConfig {
  getCurrentContext(): string;
  getContextObject(name: string): { readonly namespace?: string | undefined } | null;
  getCurrentCluster(): {
    readonly name: string;
    readonly server: string;
    readonly proxyUrl?: string | undefined;
  } | null;
  applyToHTTPSOptions(options: RequestOptions): Promise<void>;
}

/**
 * Connects as a kubeconfig says that somebody has parsed already.
 * @param readAnew called after a 401. Absent: the same is asked again.
 */
export function connectionOf(
  env: Env,
  parsed: ParsedKubeConfig,
  readAnew: () => Promise<ParsedKubeConfig> = () => Promise.resolve(parsed),
): LoadedCluster {
  let config = parsed;
  const context = config.getCurrentContext();
  const cluster = config.getCurrentCluster();
  if (cluster === null) {
    throw new Error(`kubeconfig: the context ${JSON.stringify(context)} names no cluster; choose one that does`);
  }
  const proxy = proxyOf(cluster);
  const connection = renewableConnection({
    env,
    server: cluster.server.replace(/\/+$/, ''),
    maxAgeMs,
    connect: (tls) => undiciTransport({ tls, proxy }),
    load: async (anew) => {
      if (anew) config = await readAnew();
      return identityOf(config);
    },
  });
  return { connection, namespace: config.getContextObject(context)?.namespace ?? 'default' };
}

function proxyOf({
  name,
  proxyUrl,
}: {
  readonly name: string;
  readonly proxyUrl?: string | undefined;
}): string | undefined {
  if (proxyUrl === undefined || /^https?:\/\//.test(proxyUrl)) return proxyUrl;
  throw new Error(
    `kubeconfig: cluster ${name} has proxy-url ${proxyUrl}; use one that begins with http:// or https://`,
  );
}

async function readConfig(options: KubeConfigOptions): Promise<KubeConfig> {
  const { KubeConfig } = await import('./client-node.ts');
  const config = new KubeConfig();
  if (options.path === undefined) config.loadFromDefault();
  else config.loadFromFile(options.path);
  if (options.context !== undefined) config.setCurrentContext(options.context);
  informPlugin(config);
  return config;
}

/**
 * Exec plug-ins expect to be told, in `KUBERNETES_EXEC_INFO`, which version of ExecCredential to answer with and, when
 * they ask for it, for which cluster; client-node tells them neither.
 */
function informPlugin(config: KubeConfig): void {
  const exec: unknown = config.getCurrentUser()?.exec;
  const cluster = config.getCurrentCluster();
  if (!isJsonObject(exec) || cluster === null) return;
  const clusterInfo = {
    server: cluster.server,
    'certificate-authority-data': cluster.caData,
    'tls-server-name': cluster.tlsServerName,
    'insecure-skip-tls-verify': cluster.skipTLSVerify,
  };
  const info = {
    apiVersion: exec['apiVersion'],
    kind: 'ExecCredential',
    spec: { interactive: false, ...(exec['provideClusterInfo'] === true ? { cluster: clusterInfo } : {}) },
  };
  const env = Array.isArray(exec['env']) ? exec['env'] : [];
  Object.assign(exec, { env: [...env, { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(info) }] });
}

async function identityOf(config: ParsedKubeConfig): Promise<Identity> {
  const https: RequestOptions = {};
  await config.applyToHTTPSOptions(https);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(https.headers ?? {})) {
    if (value !== undefined) headers[name.toLowerCase()] = String(value);
  }
  if (typeof https.auth === 'string') {
    headers['authorization'] = `Basic ${Buffer.from(https.auth, 'utf8').toString('base64')}`;
  }
  return {
    headers,
    tls: {
      ca: pem(https.ca),
      cert: pem(https.cert),
      key: pem(https.key),
      serverName: https.servername,
      insecureSkipVerify: https.rejectUnauthorized === false,
    },
  };
}

function pem(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return Buffer.isBuffer(value) ? value.toString('utf8') : undefined;
}
