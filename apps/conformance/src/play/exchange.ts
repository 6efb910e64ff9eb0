import type { TransportResponse } from '@canaryop/reconcile/env';

import type { Json } from '../sequence/operation.ts';
import type { ConformanceServer } from './server.ts';

/** A request with everything filled in. */
export interface Exchange {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Json;
}

/** What its query says. */
export function queryOf({ path }: Exchange): URLSearchParams {
  return new URL(path, 'https://server').searchParams;
}

/** A decoded answer. */
export interface Reply {
  readonly status: number;
  readonly body: Json;
  readonly warnings: readonly string[];
}

/** Sends a request and resolves with the head of its answer. */
export function open(server: ConformanceServer, request: Exchange, signal?: AbortSignal): Promise<TransportResponse> {
  const { method, path, headers = {}, body } = request;
  return server.transport.request({
    method,
    url: `${server.url}${path}`,
    headers: {
      accept: 'application/json',
      'content-type': 'application/json',
      'user-agent': 'conformance/1',
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** Sends a request and reads its whole answer. */
export async function exchange(server: ConformanceServer, request: Exchange): Promise<Reply> {
  return reply(await open(server, request));
}

/** Reads an answer to its end. */
export async function reply(response: TransportResponse): Promise<Reply> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of response.body) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  return { status: response.status, body: decoded(text), warnings: warningsOf(response.headers['warning']) };
}

function decoded(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

/** `299 - "text"`, several joined by commas. */
function warningsOf(header: string | undefined): readonly string[] {
  return [...(header ?? '').matchAll(/299 \S+ "(?<text>(?:[^"\\]|\\.)*)"/gu)].map(
    (match) => match.groups?.['text'] ?? '',
  );
}
