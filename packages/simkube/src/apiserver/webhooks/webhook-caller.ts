import { startDeadline, type Env, type Transport, type TransportResponse } from '@canaryop/reconcile/env';

import { stringAt, type JsonObject } from '../object/api-object.ts';
import { callErrorText, statusErrorText } from './call-error.ts';
import { placeOf, type Surroundings } from './webhook-place.ts';

/** What calls need: time, and the way there. */
export interface CallerContext extends Surroundings {
  readonly env: Env;
}

/** The decoded answer, or why there is none, in the words of kube-apiserver. */
export type CallOutcome = { readonly ok: true; readonly body: unknown } | { readonly ok: false; readonly why: string };

/** Connections that are kept, by the bundle that they trust. */
const maxTransports = 32;

/** Posts reviews to webhooks. */
export class WebhookCaller {
  readonly #context: CallerContext;
  readonly #transports = new Map<string, Promise<Transport>>();

  constructor(context: CallerContext) {
    this.#context = context;
  }

  /** Sends a review to where a `clientConfig` leads. Never rejects. */
  async post(clientConfig: JsonObject, review: unknown, timeoutMs: number): Promise<CallOutcome> {
    const place = placeOf(clientConfig, this.#context);
    const url = `${place.url}?timeout=${timeoutMs / 1000}s`;
    const failed = (why: string): CallOutcome => ({ ok: false, why: `Post ${JSON.stringify(url)}: ${why}` });
    if ('problem' in place) return failed(place.problem);
    const deadline = startDeadline(this.#context.env.timers, timeoutMs, undefined);
    try {
      const transport = place.transport ?? (await this.#transport(caPem(clientConfig)));
      const response = await orAborted(
        transport.request({
          method: 'POST',
          url,
          headers: { 'content-type': 'application/json', accept: 'application/json, */*' },
          body: JSON.stringify(review),
          signal: deadline.signal,
          ...(place.address === undefined ? {} : { address: place.address }),
        }),
        deadline.signal,
      );
      return decoded(response, await orAborted(textOf(response), deadline.signal));
    } catch (error) {
      return failed(deadline.hasPassed ? 'context deadline exceeded' : callErrorText(error, place.address));
    } finally {
      deadline.end();
    }
  }

  /** Ends idle connections. */
  async close(): Promise<void> {
    const transports = [...this.#transports.values()];
    this.#transports.clear();
    await Promise.all(transports.map(async (transport) => (await transport).close()));
  }

  #transport(trusted: string | undefined): Promise<Transport> {
    const key = trusted ?? '';
    let transport = this.#transports.get(key);
    if (transport === undefined) {
      const [oldest] = this.#transports.keys();
      if (this.#transports.size >= maxTransports && oldest !== undefined) this.#forget(oldest);
      transport = this.#connect(trusted);
      this.#transports.set(key, transport);
    }
    return transport;
  }

  #forget(key: string): void {
    const transport = this.#transports.get(key);
    this.#transports.delete(key);
    transport?.then((each) => each.close()).catch(() => undefined);
  }

  /** The real client is loaded when it is needed: servers without webhooks need none. */
  async #connect(ca: string | undefined): Promise<Transport> {
    if (this.#context.transport !== undefined) return this.#context.transport(ca);
    const { undiciTransport } = await import('@canaryop/reconcile/client');
    return undiciTransport({ tls: { ca } });
  }
}

function caPem(clientConfig: JsonObject): string | undefined {
  const text = Buffer.from(stringAt(clientConfig, 'caBundle') ?? '', 'base64').toString('utf8');
  return text.trim() === '' ? undefined : text;
}

/** A transport that does not heed its signal is not waited for. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

async function textOf(response: TransportResponse): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of response.body) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function decoded({ status, headers }: TransportResponse, text: string): CallOutcome {
  if (status < 200 || status > 206) return { ok: false, why: statusErrorText(status, text) };
  if (text === '') {
    const type = headers['content-type'] ?? 'application/json';
    return { ok: false, why: `0-length response with status code: ${status} and content type: ${type}` };
  }
  try {
    return { ok: true, body: JSON.parse(text) as unknown };
  } catch (error) {
    const why = `couldn't get version/kind; json parse error: ${error instanceof Error ? error.message : String(error)}`;
    return { ok: false, why };
  }
}
