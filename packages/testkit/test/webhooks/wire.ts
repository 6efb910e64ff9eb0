import type { ClusterConnection } from '@canaryop/reconcile/client';

/** An answer of an API server. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Sends one request as JSON; `type` is that of a patch. */
export async function send(
  { server, transport, credentials }: ClusterConnection,
  method: string,
  path: string,
  { body, type = 'application/json' }: { readonly body?: unknown; readonly type?: string } = {},
): Promise<Answer> {
  const response = await transport.request({
    method,
    url: `${server}${path}`,
    headers: {
      'content-type': type,
      'user-agent': 'story/1',
      ...(await credentials.headers()),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const chunks: Uint8Array[] = [];
  for await (const chunk of response.body) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  const isJson = (response.headers['content-type'] ?? '').startsWith('application/json');
  return { ...response, body: isJson ? (JSON.parse(text) as Answer['body']) : { text } };
}
