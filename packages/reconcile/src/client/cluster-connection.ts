import type { Transport } from '../env/transport.ts';

/** Who we are to an API server. Client certificates belong to the transport instead. */
export interface Credentials {
  /** Headers for the next request, such as `authorization`; loads or renews what is stale. */
  headers(): Promise<Readonly<Record<string, string>>>;
  /** The server answered 401: forget what was loaded, so that the next `headers()` loads anew. */
  refresh(): Promise<void>;
}

/** One API server as one identity. Everything that talks to this cluster shares it, sockets included. */
export interface ClusterConnection {
  /** Origin and optional path prefix, without a slash at the end. */
  readonly server: string;
  readonly transport: Transport;
  readonly credentials: Credentials;
}

/** No headers: the transport authenticates by client certificate, or the server asks for nothing. */
export const noCredentials: Credentials = {
  headers: () => Promise.resolve({}),
  refresh: () => Promise.resolve(),
};
