/**
 * Requests wait for connections of their own pool only: a watch holds one for its life, and a lease has to be renewed
 * however many writes are waiting.
 */
export type ConnectionPool = 'requests' | 'watches' | 'leases';

/** One HTTP exchange, at the level of bytes: URL building, framing and decoding stay in code that simulations run too. */
export interface TransportRequest {
  readonly method: string;
  /** Absolute URL, query included. */
  readonly url: string;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Connect here instead of resolving the host of `url` (curl's --resolve). Host header and SNI stay those of `url`. */
  readonly address?: { readonly host: string; readonly port: number };
  /** @default 'requests' */
  readonly pool?: ConnectionPool;
  /** Aborts the request, and the body while it is read. */
  readonly signal?: AbortSignal;
}

/** The head of a response, and its body as it arrives. */
export interface TransportResponse {
  readonly status: number;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Must be consumed or abandoned by ending the iteration; chunks may split anywhere, inside a character too. */
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * Carries requests out. An HTTP status is never an error here; only what prevented an answer rejects
 * (refused, reset, aborted). Redirects are not followed.
 */
export interface Transport {
  request(request: TransportRequest): Promise<TransportResponse>;
  /** Ends idle connections and refuses further requests. */
  close(): Promise<void>;
}
