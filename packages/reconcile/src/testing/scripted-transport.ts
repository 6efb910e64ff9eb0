import type { Transport, TransportRequest, TransportResponse } from '../env/transport.ts';
import { isJsonObject, type JsonObject } from '../object/json.ts';

/** A request as a test wants to look at it. */
export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  /** The decoded JSON body; an empty map when there was none. */
  readonly body: JsonObject;
}

/** What a script answers: JSON, or a stream that the test feeds. Throw to break the connection instead. */
export type ScriptedAnswer =
  | { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly json: unknown }
  | { readonly stream: ScriptedStream };

/** A transport that answers from a function and remembers what it was asked. */
export class ScriptedTransport implements Transport {
  readonly requests: RecordedRequest[] = [];
  readonly #answer: (request: RecordedRequest) => ScriptedAnswer | Promise<ScriptedAnswer>;

  constructor(answer: (request: RecordedRequest) => ScriptedAnswer | Promise<ScriptedAnswer>) {
    this.#answer = answer;
  }

  async request(request: TransportRequest): Promise<TransportResponse> {
    request.signal?.throwIfAborted();
    const url = new URL(request.url);
    const body: unknown = typeof request.body === 'string' ? JSON.parse(request.body) : {};
    const recorded = {
      method: request.method,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: request.headers,
      body: isJsonObject(body) ? body : { list: body },
    };
    this.requests.push(recorded);
    const answer = await untilAborted(Promise.resolve(this.#answer(recorded)), request.signal);
    if ('stream' in answer) return { status: 200, headers: {}, body: answer.stream.read(request.signal) };
    const bytes = new TextEncoder().encode(JSON.stringify(answer.json));
    return { status: answer.status ?? 200, headers: answer.headers ?? {}, body: once(bytes) };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** A response body that a test writes while it is being read. */
export class ScriptedStream {
  readonly #chunks: (Uint8Array | Error | 'end')[] = [];
  #wake: () => void = () => undefined;
  #isRead = false;

  /** Whether somebody is reading; false again once the reader has gone. */
  get isOpen(): boolean {
    return this.#isRead;
  }

  /** Sends values as JSON lines, in one chunk. */
  send(...values: readonly unknown[]): void {
    this.sendBytes(new TextEncoder().encode(values.map((value) => `${JSON.stringify(value)}\n`).join('')));
  }

  sendBytes(chunk: Uint8Array): void {
    this.#push(chunk);
  }

  end(): void {
    this.#push('end');
  }

  fail(error: Error): void {
    this.#push(error);
  }

  #push(chunk: Uint8Array | Error | 'end'): void {
    this.#chunks.push(chunk);
    this.#wake();
  }

  async *read(signal: AbortSignal | undefined): AsyncIterable<Uint8Array> {
    this.#isRead = true;
    try {
      for (;;) {
        const chunk = this.#chunks.shift() ?? (await this.#next(signal));
        if (chunk === 'end') return;
        if (chunk instanceof Error) throw chunk;
        if (chunk !== undefined) yield chunk;
      }
    } finally {
      this.#isRead = false;
    }
  }

  async #next(signal: AbortSignal | undefined): Promise<undefined> {
    await untilAborted(
      new Promise<void>((resolve) => {
        this.#wake = resolve;
      }),
      signal,
    );
  }
}

async function* once(chunk: Uint8Array): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(chunk);
}

function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
