import axios, { AxiosError, type AxiosAdapter, type AxiosResponse } from 'axios';

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
 * Sends requests through axios on the injected transport: no redirects, no proxy from the environment, no cookies,
 * and never more bytes or time than the bounds allow.
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

  async send(request: HttpRequest): Promise<HttpOutcome> {
    const { method, url, address, signal, timeoutMs = this.#bounds.timeoutMs } = request;
    const deadline = startDeadline(this.#timers, timeoutMs, signal);
    try {
      const response = await axios.request<string>({
        method,
        url,
        ...bodyOf(request),
        headers: { accept: 'application/json', 'accept-encoding': 'identity', ...contentTypeOf(request) },
        adapter: this.#adapter(address),
        signal: deadline.signal,
        maxRedirects: 0,
        proxy: false,
        responseType: 'text',
        transformResponse: [],
        validateStatus: () => true,
      });
      return { kind: 'response', status: response.status, body: response.data };
    } catch (error) {
      if (signal.aborted) return { kind: 'failure', failure: 'aborted' };
      if (deadline.hasPassed) return { kind: 'failure', failure: 'timeout' };
      const isTooLarge = error instanceof AxiosError && error.code === AxiosError.ERR_BAD_RESPONSE;
      return { kind: 'failure', failure: isTooLarge ? 'too large' : 'unreachable' };
    } finally {
      deadline.end();
    }
  }

  #adapter(address: HttpRequest['address']): AxiosAdapter {
    return async (config): Promise<AxiosResponse<string>> => {
      const headers = Object.fromEntries(
        Object.entries(config.headers.toJSON()).map(([name, value]) => [name.toLowerCase(), String(value)]),
      );
      const response = await this.#transport.request({
        method: (config.method ?? 'get').toUpperCase(),
        url: config.url ?? '',
        headers,
        address,
        ...(typeof config.data === 'string' ? { body: config.data } : {}),
        ...(config.signal instanceof AbortSignal ? { signal: config.signal } : {}),
      });
      const data = await readBounded(response.body, this.#bounds.maxBytes);
      if (data === undefined) throw new AxiosError('the body is too large', AxiosError.ERR_BAD_RESPONSE, config);
      return { data, status: response.status, statusText: '', headers: { ...response.headers }, config };
    };
  }
}

function bodyOf({ form, json }: HttpRequest): { readonly data?: string } {
  if (json !== undefined) return { data: json };
  return form === undefined ? {} : { data: new URLSearchParams(form).toString() };
}

function contentTypeOf({ json }: HttpRequest): Readonly<Record<string, string>> {
  return json === undefined ? {} : { 'content-type': 'application/json' };
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
