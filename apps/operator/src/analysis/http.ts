import { startDeadline, type Timers, type Transport } from '@canaryop/reconcile/env';

/** Bounds of one exchange with something that a user named. */
export interface HttpBounds {
  readonly timeoutMs: number;
  /** Of the body, as it arrives; compressed bodies are not asked for, so there is nothing to unpack. */
  readonly maxBytes: number;
}

/** One request to an address that was judged already. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly form?: Readonly<Record<string, string>>;
  /** A JSON text as the body, instead of a form. */
  readonly json?: string;
  /** Instead of the time of the bounds. */
  readonly timeoutMs?: number;
  readonly address: { readonly host: string; readonly port: number };
  readonly signal: AbortSignal;
}

/** Why there is no response. */
export type HttpFailure = 'timeout' | 'too large' | 'unreachable' | 'aborted';

export type HttpOutcome =
  | { readonly kind: 'response'; readonly status: number; readonly body: string }
  | { readonly kind: 'failure'; readonly failure: HttpFailure };

/**
 * Sends requests on the injected transport, which follows no redirect and knows no proxy and no cookie; never more bytes
 * or time than the bounds allow.
 */
export class HttpClient {
  readonly #transport: Transport;
  readonly #timers: Timers;
  readonly #bounds: HttpBounds;

  constructor(transport: Transport, timers: Timers, bounds: HttpBounds) {
    this.#transport = transport;
    this.#timers = timers;
    this.#bounds = bounds;
  }

  async send({ method, url, address, signal, timeoutMs, ...payload }: HttpRequest): Promise<HttpOutcome> {
    const deadline = startDeadline(this.#timers, timeoutMs ?? this.#bounds.timeoutMs, signal);
    const { headers, ...body } = bodyOf(payload);
    const accepted = { accept: 'application/json', 'accept-encoding': 'identity', ...headers };
    try {
      const request = { method, url, headers: accepted, address, signal: deadline.signal, ...body };
      const response = await this.#transport.request(request);
      const text = await readBounded(response.body, this.#bounds.maxBytes);
      if (text === undefined) return { kind: 'failure', failure: 'too large' };
      return { kind: 'response', status: response.status, body: text };
    } catch {
      if (signal.aborted) return { kind: 'failure', failure: 'aborted' };
      return { kind: 'failure', failure: deadline.hasPassed ? 'timeout' : 'unreachable' };
    } finally {
      deadline.end();
    }
  }
}

/** What is sent, and how it says what it is. */
interface Payload {
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function bodyOf({ form, json }: Pick<HttpRequest, 'form' | 'json'>): Payload {
  if (json !== undefined) return { body: json, headers: { 'content-type': 'application/json' } };
  if (form === undefined) return {};
  return {
    body: new URLSearchParams(form).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  };
}

/** The body as text; undefined once it is larger than allowed, without reading on. */
async function readBounded(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
