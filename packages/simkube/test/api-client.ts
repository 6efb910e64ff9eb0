import type { Transport, TransportResponse } from '@canaryop/reconcile/env';

/** An answer of the API server, decoded. Its body is whatever the test says it is. */
export interface Answer<T> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: T;
}

/** A loosely typed Kubernetes object, as tests read answers. */
export interface Loose {
  readonly [field: string]: unknown;
  readonly kind: string;
  readonly message: string;
  readonly reason: string;
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly generation: number;
    readonly continue?: string;
    readonly remainingItemCount?: number;
    readonly deletionTimestamp?: string;
    readonly finalizers?: readonly string[];
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly items: readonly Loose[];
}

/** A watch that a test reads as it goes. */
export interface OpenWatch {
  readonly events: readonly { readonly type: string; readonly object: Loose }[];
  readonly isEnded: boolean;
  stop(): void;
}

/** Sends JSON over a transport and decodes what comes back. */
export class ApiClient {
  readonly #transport: Transport;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(transport: Transport, headers: Readonly<Record<string, string>> = {}) {
    this.#transport = transport;
    this.#headers = headers;
  }

  async send<T = Loose>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    const response = await this.#request(method, path, body, headers);
    const text = await textOf(response);
    const isJson = (response.headers['content-type'] ?? '').startsWith('application/json');
    return { status: response.status, headers: response.headers, body: (isJson ? JSON.parse(text) : text) as T };
  }

  get<T = Loose>(path: string, headers: Record<string, string> = {}): Promise<Answer<T>> {
    return this.send<T>('GET', path, undefined, headers);
  }

  post<T = Loose>(path: string, body: unknown): Promise<Answer<T>> {
    return this.send<T>('POST', path, body);
  }

  put<T = Loose>(path: string, body: unknown): Promise<Answer<T>> {
    return this.send<T>('PUT', path, body);
  }

  delete<T = Loose>(path: string, body?: unknown): Promise<Answer<T>> {
    return this.send<T>('DELETE', path, body);
  }

  merge<T = Loose>(path: string, body: unknown): Promise<Answer<T>> {
    return this.send<T>('PATCH', path, body, { 'content-type': 'application/merge-patch+json' });
  }

  apply<T = Loose>(path: string, manager: string, body: unknown, query = ''): Promise<Answer<T>> {
    const type = { 'content-type': 'application/apply-patch+yaml' };
    return this.send<T>('PATCH', `${path}?fieldManager=${manager}${query}`, body, type);
  }

  async watch(path: string): Promise<OpenWatch> {
    const stopping = new AbortController();
    const response = await this.#request('GET', path, undefined, {}, stopping.signal);
    const state = {
      events: [] as { type: string; object: Loose }[],
      isEnded: false,
      stop: () => {
        stopping.abort();
      },
    };
    void read(response, state);
    return state;
  }

  #request(
    method: string,
    path: string,
    body: unknown,
    headers: Record<string, string>,
    signal?: AbortSignal,
  ): Promise<TransportResponse> {
    return this.#transport.request({
      method,
      url: `https://cluster${path}`,
      headers: { 'content-type': 'application/json', 'user-agent': 'test/1', ...this.#headers, ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  }
}

async function textOf(response: TransportResponse): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of response.body) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

async function read(
  response: TransportResponse,
  state: { events: { type: string; object: Loose }[]; isEnded: boolean },
): Promise<void> {
  let rest = '';
  try {
    for await (const chunk of response.body) {
      const lines = (rest + Buffer.from(chunk).toString('utf8')).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) state.events.push(JSON.parse(line) as { type: string; object: Loose });
    }
  } catch {
    // Aborted by the test.
  }
  state.isEnded = true;
}
