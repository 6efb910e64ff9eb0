/** A request as it arrives at a pod or at the ingress. */
export interface HttpRequest {
  readonly method: string;
  /** Path and query, as in the request line. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A complete response. */
export interface HttpResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Answers requests. A rejection is what its client sees as a reset connection. */
export type HttpHandler = (request: HttpRequest) => Promise<HttpResponse>;

/** A `text/plain` response. */
export function textResponse(status: number, body: string): HttpResponse {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}
