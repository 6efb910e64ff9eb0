import type { Transport, TransportRequest, TransportResponse } from '../env/transport.ts';
import type { KubernetesObject } from '../object/object.ts';

/** A request as the server saw it. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

type Stored = KubernetesObject & Readonly<Record<string, unknown>>;

/**
 * As much of an API server as a manager's own tests need: any kind, get, list, watch, POST, merge patch, 409. It knows
 * no schemas, no field ownership, no streaming lists and no deletion; `@canaryop/simkube` is the real one.
 */
export class TinyApiServer implements Transport {
  readonly requests: SeenRequest[] = [];
  /** Answers a request with this status instead, when it returns one. */
  refuse: (request: SeenRequest) => number | undefined = () => undefined;
  /** While true, watches hear nothing of what happens, and never will. */
  isWatchSilent = false;
  readonly #objects = new Map<string, Stored>();
  readonly #watches = new Set<{ readonly collection: string; readonly send: (line: string) => void }>();
  #version = 1;

  /** Stores an object at `collection/name` and tells those who watch the collection. */
  put(collection: string, object: KubernetesObject): void {
    this.#store(collection, object as Stored);
  }

  /** Tells all who watch that there is nothing new, as a server does each minute. */
  bookmark(): void {
    const object = { metadata: { resourceVersion: String(this.#version) } };
    for (const watch of this.#watches) watch.send(`${JSON.stringify({ type: 'BOOKMARK', object })}\n`);
  }

  /** The object stored at a path, if any. */
  at(path: string): Stored | undefined {
    return this.#objects.get(path);
  }

  request(request: TransportRequest): Promise<TransportResponse> {
    const url = new URL(request.url);
    const body: unknown = typeof request.body === 'string' ? JSON.parse(request.body) : undefined;
    const seen = { method: request.method, path: url.pathname, body };
    if (url.searchParams.get('watch') !== 'true') this.requests.push(seen);
    const refused = this.refuse(seen);
    if (refused !== undefined)
      return Promise.resolve(answer(refused, { kind: 'Status', reason: 'Refused', code: refused }));
    if (url.searchParams.has('sendInitialEvents'))
      return Promise.resolve(answer(400, { kind: 'Status', reason: 'BadRequest' }));
    if (url.searchParams.get('watch') === 'true') return Promise.resolve(this.#watch(url.pathname, request.signal));
    return Promise.resolve(this.#answer(seen));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #answer({ method, path, body }: SeenRequest): TransportResponse {
    const target = path.replace(/\/status$/u, '');
    const existing = this.#objects.get(target);
    if (method === 'POST') return answer(201, this.#store(path, body as Stored));
    if (method === 'PATCH') {
      if (existing === undefined) return missing(target);
      const { metadata, ...patch } = body as Stored;
      if (metadata.resourceVersion !== undefined && metadata.resourceVersion !== existing.metadata.resourceVersion)
        return answer(409, { kind: 'Status', reason: 'Conflict' });
      const collection = target.slice(0, target.lastIndexOf('/'));
      return answer(200, this.#store(collection, { ...existing, ...mergedFields(existing, patch) }));
    }
    if (existing !== undefined) return answer(200, existing);
    if (isCollection(path))
      return answer(200, {
        kind: 'List',
        metadata: { resourceVersion: String(this.#version) },
        items: this.#list(path),
      });
    return missing(path);
  }

  #list(collection: string): readonly Stored[] {
    return [...this.#objects].filter(([path]) => path.startsWith(`${collection}/`)).map(([, object]) => object);
  }

  #store(collection: string, object: Stored): Stored {
    this.#version += 1;
    const path = `${collection}/${object.metadata.name}`;
    const previous = this.#objects.get(path);
    const uid = previous?.metadata.uid ?? `uid-${this.#version}`;
    const stored = { ...object, metadata: { ...object.metadata, uid, resourceVersion: String(this.#version) } };
    this.#objects.set(path, stored);
    const line = `${JSON.stringify({ type: previous === undefined ? 'ADDED' : 'MODIFIED', object: stored })}\n`;
    if (this.isWatchSilent) return stored;
    for (const watch of this.#watches) if (watch.collection === collection) watch.send(line);
    return stored;
  }

  #watch(collection: string, signal: AbortSignal | undefined): TransportResponse {
    const lines: string[] = [];
    let wake = (): void => undefined;
    const watch = {
      collection,
      send: (line: string): void => {
        lines.push(line);
        wake();
      },
    };
    this.#watches.add(watch);
    const watches = this.#watches;
    async function* body(): AsyncGenerator<Uint8Array> {
      signal?.addEventListener('abort', () => {
        wake();
      });
      try {
        for (;;) {
          const line = lines.shift();
          if (signal?.aborted === true) return;
          if (line === undefined) await new Promise<void>((resolve) => (wake = resolve));
          else yield new TextEncoder().encode(line);
        }
      } finally {
        watches.delete(watch);
      }
    }
    return { status: 200, headers: { 'content-type': 'application/json' }, body: body() };
  }
}

function missing(path: string): TransportResponse {
  const [kind = '', name = ''] = path.split('/').slice(-2);
  return answer(404, { kind: 'Status', reason: 'NotFound', details: { kind, name } });
}

/** `/api/v1/things`, `/apis/g/v1/things`, and the same below a namespace. */
function isCollection(path: string): boolean {
  return /^\/(api\/[^/]+|apis\/[^/]+\/[^/]+)\/(namespaces\/[^/]+\/)?[^/]+$/u.test(path);
}

function mergedFields(existing: Stored, patch: object): Readonly<Record<string, unknown>> {
  const merged = Object.entries(patch).map(([name, value]): [string, unknown] => {
    const old = existing[name];
    const areObjects = typeof old === 'object' && old !== null && typeof value === 'object' && value !== null;
    return [name, areObjects && !Array.isArray(value) ? { ...old, ...value } : value];
  });
  return Object.fromEntries(merged);
}

function answer(status: number, body: object): TransportResponse {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(new TextEncoder().encode(JSON.stringify(body)));
  }
  return { status, headers: { 'content-type': 'application/json' }, body: chunks() };
}
