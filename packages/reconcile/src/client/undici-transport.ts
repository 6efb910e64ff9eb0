import { isIP } from 'node:net';

import { Agent, buildConnector, ProxyAgent, type Dispatcher } from 'undici';

import { present } from '../object/present.ts';
import type { Transport, TransportRequest, TransportResponse } from '../env/transport.ts';

/** What TLS needs beyond the URL. PEM text. */
export interface TlsMaterial {
  /** Certificate authorities to trust instead of the system's. */
  readonly ca?: string | undefined;
  /** Client certificate and key. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** Name to verify (and SNI) when it is not the host of the URL. */
  readonly serverName?: string | undefined;
  /** Trust any certificate. For development clusters whose kubeconfig says so. @default false */
  readonly insecureSkipVerify?: boolean | undefined;
}

/** Limits of a transport. */
export interface UndiciTransportOptions {
  readonly tls?: TlsMaterial;
  /** An HTTP or HTTPS proxy, `http://user:password@host:port`, through which every connection is tunnelled. */
  readonly proxy?: string | undefined;
  /** Time to get a connection, TLS included, in milliseconds. @default 5000 */
  readonly connectTimeoutMs?: number;
  /** Connections to one origin; a watch holds one for its life. @default 64 */
  readonly maxConnections?: number;
}

/** An idle connection is dropped after this long: below the 2 minutes that API servers and load balancers grant. */
const keepAliveMs = 50_000;
const tcpKeepAliveMs = 15_000;

/**
 * Real HTTP/1.1 and TLS over one shared pool of keep-alive connections per origin. Make one per cluster and identity
 * and share it: a pool per request would cost a TLS handshake per request. Deadlines are the caller's, by `signal`;
 * a body may be silent for as long as its reader accepts, as a quiet watch is.
 */
export function undiciTransport(options: UndiciTransportOptions = {}): Transport {
  const agents = new Map<string, Dispatcher>();
  const agentFor = (address: TransportRequest['address']): Dispatcher => {
    const key = address === undefined ? '' : `${address.host} ${address.port}`;
    let agent = agents.get(key);
    if (agent === undefined) {
      agent = options.proxy === undefined ? newAgent(options, address) : proxyAgent(options, options.proxy);
      agents.set(key, agent);
    }
    return agent;
  };
  let closed = false;
  return {
    async request(request) {
      if (closed) throw new Error(`${request.method} ${request.url}: the transport is closed`);
      return exchange(agentFor(request.address), request);
    },
    async close() {
      closed = true;
      await Promise.all([...agents.values()].map((agent) => agent.close()));
    },
  };
}

/** How a connection is made and whom it trusts. */
function connecting(options: UndiciTransportOptions): buildConnector.BuildOptions {
  const { ca, cert, key, insecureSkipVerify } = options.tls ?? {};
  return {
    allowH2: false,
    timeout: options.connectTimeoutMs ?? 5000,
    keepAlive: true,
    keepAliveInitialDelay: tcpKeepAliveMs,
    rejectUnauthorized: insecureSkipVerify !== true,
    ...present({ ca, cert, key }),
  };
}

/** How many connections there are, and how long they live. */
function pooling(options: UndiciTransportOptions): Agent.Options {
  return {
    allowH2: false,
    connections: options.maxConnections ?? 64,
    keepAliveTimeout: keepAliveMs,
    // 0 switches undici's own deadlines off: it reads the process clock for them, and a watch has none.
    headersTimeout: 0,
    bodyTimeout: 0,
  };
}

function proxyAgent(options: UndiciTransportOptions, uri: string): Dispatcher {
  const servername = options.tls?.serverName;
  return new ProxyAgent({
    ...pooling(options),
    uri,
    requestTls: { ...connecting(options), ...present({ servername }) },
  });
}

function newAgent(options: UndiciTransportOptions, address: TransportRequest['address']): Dispatcher {
  const tls = options.tls ?? {};
  const connect = buildConnector(connecting(options));
  return new Agent({
    ...pooling(options),
    connect(target, callback) {
      const name = tls.serverName ?? target.hostname;
      const redirected = address === undefined ? {} : { hostname: address.host, port: String(address.port) };
      // SNI carries names only (RFC 6066); a certificate for an address is verified against the address itself.
      const named = target.protocol === 'https:' && isIP(name) === 0 ? { servername: name } : {};
      connect({ ...target, ...redirected, ...named }, callback);
    },
  });
}

async function exchange(agent: Dispatcher, request: TransportRequest): Promise<TransportResponse> {
  const url = new URL(request.url);
  const response = await agent.request({
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method: request.method,
    headers: { ...request.headers },
    ...(request.body === undefined ? {} : { body: request.body }),
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  });
  return { status: response.statusCode, headers: flatten(response.headers), body: response.body };
}

function flatten(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}
