import type { ClusterConnection } from '@canaryop/reconcile/client';

/** An answer of an API server; `body` as text. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Sends one request without retries, whatever the answer. For paths and subresources that a typed client has no word for. */
export async function send(
  connection: ClusterConnection,
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
): Promise<Answer> {
  const response = await connection.transport.request({
    method,
    url: `${connection.server}${path}`,
    headers: {
      accept: 'application/json',
      'user-agent': 'control-plane',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(await connection.credentials.headers()),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const chunks: Uint8Array[] = [];
  for await (const chunk of response.body) chunks.push(chunk);
  return { status: response.status, body: Buffer.concat(chunks).toString('utf8') };
}

/** The same for a request that has to succeed: the decoded answer, or a rejection with the server's message. */
export async function post(connection: ClusterConnection, path: string, body: unknown): Promise<unknown> {
  const answer = await send(connection, 'POST', path, body);
  if (answer.status < 200 || answer.status > 299) {
    throw new Error(`POST ${path}: the API server answered ${answer.status}: ${messageOf(answer)}`);
  }
  return JSON.parse(answer.body);
}

/** Of a Status; the body itself when it is none. */
function messageOf({ body }: Answer): string {
  try {
    const { message } = JSON.parse(body) as { readonly message?: unknown };
    return typeof message === 'string' ? message : body;
  } catch {
    return body;
  }
}
