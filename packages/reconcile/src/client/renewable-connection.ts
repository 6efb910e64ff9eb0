import { jsonEqual } from '../object/json.ts';
import type { Env } from '../env/env.ts';
import type { Transport } from '../env/transport.ts';
import type { ClusterConnection } from './cluster-connection.ts';
import type { TlsMaterial } from './undici-transport.ts';

/** Who we are, and whom we trust, as loaded from files or a plug-in. */
export interface Identity {
  /** For each request, such as `authorization`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsMaterial;
}

/** How an identity is loaded and kept fresh. */
export interface RenewableConnectionOptions {
  readonly env: Env;
  readonly server: string;
  /** Loads the identity. `anew`: the server refused what an earlier call gave, so nothing cached will do. */
  readonly load: (anew: boolean) => Promise<Identity>;
  /** Opens a transport. Called again when the TLS material has changed. */
  readonly connect: (tls: TlsMaterial) => Transport;
  /** An identity older than this is loaded again before the next request. Milliseconds. */
  readonly maxAgeMs: number;
}

/**
 * A connection whose token and certificates may change while it lives: projected tokens expire, CA bundles rotate.
 * However many requests find the identity stale, one load is under way at a time. While a reload fails, the identity
 * at hand stays in use; the server is the judge of it.
 */
export function renewableConnection(options: RenewableConnectionOptions): ClusterConnection {
  const identities = new IdentityCache(options);
  const transports = new CurrentTransport(options.connect);
  return {
    server: options.server,
    credentials: {
      headers: async () => (await identities.current()).headers,
      refresh: () => identities.reload(true),
    },
    transport: {
      request: async (request) => transports.of((await identities.current()).tls).request(request),
      close: () => transports.close(),
    },
  };
}

class IdentityCache {
  readonly #options: RenewableConnectionOptions;
  #identity: Identity | undefined;
  #loadedAtMs = 0;
  #loading: Promise<void> | undefined;

  constructor(options: RenewableConnectionOptions) {
    this.#options = options;
  }

  async current(): Promise<Identity> {
    const ageMs = this.#options.env.clock.monotonic() - this.#loadedAtMs;
    if (this.#identity === undefined || ageMs >= this.#options.maxAgeMs) await this.reload(false);
    if (this.#identity === undefined) throw new Error(`no credentials for ${this.#options.server} could be loaded`);
    return this.#identity;
  }

  /** Joins a load that is under way. */
  reload(anew: boolean): Promise<void> {
    this.#loading ??= this.#load(anew).finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #load(anew: boolean): Promise<void> {
    try {
      this.#identity = await this.#options.load(anew);
    } catch (error) {
      if (this.#identity === undefined) throw error;
      const message = error instanceof Error ? error.message : String(error);
      this.#options.env.log.warn('credentials could not be reloaded', { server: this.#options.server, error: message });
    }
    this.#loadedAtMs = this.#options.env.clock.monotonic();
  }
}

/** The transport for the TLS material of now. One that is replaced lives until its last request, such as a watch, ends. */
class CurrentTransport {
  readonly #connect: (tls: TlsMaterial) => Transport;
  #current: { readonly tls: TlsMaterial; readonly transport: Transport } | undefined;
  readonly #closing: Promise<unknown>[] = [];

  constructor(connect: (tls: TlsMaterial) => Transport) {
    this.#connect = connect;
  }

  of(tls: TlsMaterial): Transport {
    if (this.#current !== undefined && jsonEqual(this.#current.tls, tls)) return this.#current.transport;
    if (this.#current !== undefined) this.#closing.push(this.#current.transport.close().catch(() => undefined));
    this.#current = { tls, transport: this.#connect(tls) };
    return this.#current.transport;
  }

  async close(): Promise<void> {
    await this.#current?.transport.close();
    await Promise.all(this.#closing);
  }
}
