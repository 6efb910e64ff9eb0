import { isIP } from 'node:net';

import { present } from '../object/present.ts';
import type { ConnectionPool, Transport, TransportRequest, TransportResponse } from '../env/transport.ts';
import { ResponseHandler } from './response-handler.ts';
import { Agent, buildConnector, proxyAgent, type ConnectOptions, type Dispatcher, type PoolOptions } from './undici.ts';

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
  /** Connections to one origin, beside those of watches and leases. @default 32 */
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
  const agents = new Map<string, Dispatcher | Promise<Dispatcher>>();
  const agentFor = ({
    address,
    pool = 'requests',
  }: Pick<TransportRequest, 'address' | 'pool'>): Dispatcher | Promise<Dispatcher> => {
    const key = address === undefined ? pool : `${pool} ${address.host} ${address.port}`;
    let agent = agents.get(key);
    if (agent === undefined) {
      const bounds = pooling(options, pool);
      agent = options.proxy === undefined ? newAgent(options, bounds, address) : tunnel(options, bounds, options.proxy);
      agents.set(key, agent);
    }
    return agent;
  };
  let closed = false;
  return {
    async request(request) {
      if (closed) throw new Error(`${request.method} ${request.url}: the transport is closed`);
      return exchange(await agentFor(request), request);
    },
    async close() {
      closed = true;
      await Promise.all([...agents.values()].map(async (agent) => (await agent).close()));
    },
  };
}

/** How a connection is made and whom it trusts. */
function connecting(options: UndiciTransportOptions): ConnectOptions {
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
function pooling(options: UndiciTransportOptions, pool: ConnectionPool): PoolOptions {
  // As many as there are watches: one that waited would be a kind that is not kept up to date.
  const connections = { requests: options.maxConnections ?? 32, watches: null, leases: 2 };
  return {
    allowH2: false,
    connections: connections[pool],
    keepAliveTimeout: keepAliveMs,
    // 0 switches undici's own deadlines off: it reads the process clock for them, and a watch has none.
    headersTimeout: 0,
    bodyTimeout: 0,
  };
}

function tunnel(options: UndiciTransportOptions, bounds: PoolOptions, uri: string): Promise<Dispatcher> {
  const servername = options.tls?.serverName;
  return proxyAgent({
    ...bounds,
    uri,
    requestTls: { ...connecting(options), ...present({ servername }) },
  });
}

function newAgent(
  options: UndiciTransportOptions,
  bounds: PoolOptions,
  address: TransportRequest['address'],
): Dispatcher {
  const tls = options.tls ?? {};
  const connect = buildConnector(connecting(options));
  return new Agent({
    ...bounds,
    connect(target, callback) {
      const name = tls.serverName ?? target.hostname;
      const redirected = address === undefined ? {} : { hostname: address.host, port: String(address.port) };
      // SNI carries names only (RFC 6066); a certificate for an address is verified against the address itself.
      const named = target.protocol === 'https:' && isIP(name) === 0 ? { servername: name } : {};
      connect({ ...target, ...redirected, ...named }, callback);
    },
  });
}

function exchange(
  agent: Dispatcher,
  { method, url, headers, body, signal }: TransportRequest,
): Promise<TransportResponse> {
  signal?.throwIfAborted();
  const { origin, pathname, search } = new URL(url);
  return new Promise((resolve, reject) => {
    agent.dispatch(
      { origin, path: pathname + search, method, headers, body: body ?? null },
      new ResponseHandler({ resolve, reject }, signal),
    );
  });
}
