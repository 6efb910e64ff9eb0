import type { ClusterConnection } from '@canaryop/reconcile/client';
import type { TransportRequest, TransportResponse } from '@canaryop/reconcile/env';

/** What a test does to a request before it is sent: its URL may be changed. */
type Bend = (url: URL) => void;

/**
 * The way from one process to the server: a test sees what goes over it, can cut it, and can change what watches ask
 * for. So that a server that cannot be told to fail still meets a network that does.
 */
export class Wire implements ClusterConnection {
  readonly server: string;
  readonly credentials: ClusterConnection['credentials'];
  readonly transport: ClusterConnection['transport'];
  /** URLs of the watches that were sent, and of the reads, in their order. */
  readonly watches: URL[] = [];
  readonly reads: URL[] = [];
  /** Method and path of the writes that were sent. */
  readonly writes: string[] = [];
  /** How many requests were begun, those too that a cut let nowhere. */
  attempts = 0;
  /** Everything that reads and watches brought. */
  received = '';
  /** Changes each watch before it is sent. */
  bendWatches: Bend = () => undefined;
  /** Writes from this one on, the first being 1, do not arrive any more, nor does anything after it. */
  diesBeforeWrite = Infinity;
  readonly #inner: ClusterConnection;
  #connected = new AbortController();

  constructor(inner: ClusterConnection) {
    this.#inner = inner;
    this.server = inner.server;
    this.credentials = inner.credentials;
    this.transport = {
      request: (request) => this.#request(request),
      // The server's connection is shared by all tests.
      close: () => Promise.resolve(),
    };
  }

  /** Whether nothing gets through. */
  get isCut(): boolean {
    return this.#connected.signal.aborted;
  }

  /** Breaks what is open, and lets nothing through before `mend`. */
  cut(): void {
    this.#connected.abort(new Error('the connection broke'));
  }

  /** Lets requests through again. */
  mend(): void {
    this.#connected = new AbortController();
  }

  async #request(request: TransportRequest): Promise<TransportResponse> {
    this.attempts += 1;
    if (request.method !== 'GET' && this.writes.length + 1 >= this.diesBeforeWrite) this.cut();
    const { signal } = this.#connected;
    signal.throwIfAborted();
    const url = new URL(request.url);
    const isWatch = url.searchParams.get('watch') === 'true';
    if (isWatch) this.bendWatches(url);
    if (request.method !== 'GET') this.writes.push(`${request.method} ${url.pathname}`);
    else (isWatch ? this.watches : this.reads).push(url);
    const signals = request.signal === undefined ? [signal] : [signal, request.signal];
    const sent = { ...request, url: url.href, signal: AbortSignal.any(signals) };
    const answer = await this.#inner.transport.request(sent);
    return request.method === 'GET' ? { ...answer, body: this.#noted(answer.body) } : answer;
  }

  async *#noted(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    for await (const chunk of body) {
      this.received += new TextDecoder().decode(chunk);
      yield chunk;
    }
  }
}
