/** A request as it came in, whatever carried it. */
export interface ApiRequest {
  readonly method: string;
  /** Decoded by segment later; still percent-encoded here. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** The answer. A stream ends by itself, or when whoever reads it stops. */
export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | AsyncIterable<Uint8Array>;
}
