/** An HTTP request, read to its end. */
export interface HttpRequest {
  readonly method: string;
  /** Path and query, as on the request line. */
  readonly target: string;
  readonly body: string;
}

/** An HTTP answer that is known as a whole. */
export interface HttpResponse {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** Answers requests from memory, without waiting for anything: the same one serves a socket and a simulation. */
export type HttpHandler = (request: HttpRequest) => HttpResponse;

/** A plain-text answer. */
export function textResponse(status: number, body: string): HttpResponse {
  return { status, contentType: 'text/plain; charset=utf-8', body };
}

/** Path and parameters of a request; parameters of a form body come before those of the URL, as in Go's `FormValue`. */
export function parseTarget(request: HttpRequest): { path: string; parameters: URLSearchParams } {
  const [path = '', query = ''] = request.target.split(/\?(.*)/s);
  const parameters = new URLSearchParams(request.method === 'POST' ? request.body : '');
  for (const [name, value] of new URLSearchParams(query)) parameters.append(name, value);
  return { path, parameters };
}
