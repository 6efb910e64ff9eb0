import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';

import type { KeyedCertificate } from '@canaryop/simkube/tls';

/** A review, decoded, as a webhook gets it. */
export interface Review {
  readonly apiVersion: string;
  readonly kind: string;
  readonly request: Readonly<Record<string, unknown>> & { readonly uid: string };
}

/** What a webhook sends back: the status (200 unless said), and a body that is JSON or text. */
export interface Reply {
  readonly status?: number;
  readonly body: unknown;
}

/** Answers the reviews that come to one path; undefined: never. */
export type Webhook = (review: Review) => Reply | undefined;

/** A webhook server without any library: HTTPS on a port of this machine. */
export interface WebhookServer {
  readonly port: number;
  /** The requests that came to each path, in order. */
  readonly asked: ReadonlyMap<string, readonly Review['request'][]>;
  close(): Promise<void>;
}

/** Starts one, with a webhook for each path. */
export async function startWebhookServer(
  { certificate, key }: KeyedCertificate,
  webhooks: Readonly<Record<string, Webhook>>,
): Promise<WebhookServer> {
  const asked = new Map<string, Review['request'][]>();
  const server = createServer({ cert: certificate, key }, (request, response) => {
    const path = new URL(request.url ?? '/', 'https://localhost').pathname;
    textOf(request)
      .then((text) => {
        const review = JSON.parse(text) as Review;
        asked.set(path, [...(asked.get(path) ?? []), review.request]);
        const reply = webhooks[path]?.(review);
        if (reply === undefined) return;
        const { status = 200, body } = reply;
        const isText = typeof body === 'string';
        response.writeHead(status, { 'content-type': isText ? 'text/plain' : 'application/json' });
        response.end(isText ? body : JSON.stringify(body));
      })
      .catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8') as AsyncIterable<string>) text += chunk;
  return text;
}

/** A review's answer, of the same kind, with the response given. */
export function answering(response: object): Webhook {
  return ({ apiVersion, kind, request }) => ({
    body: { apiVersion, kind, response: { uid: request.uid, ...response } },
  });
}

/** One that lets a request pass, changed by the operations of a JSON patch. */
export function patching(...operations: readonly object[]): Webhook {
  const patch = Buffer.from(JSON.stringify(operations)).toString('base64');
  return answering({ allowed: true, patchType: 'JSONPatch', patch });
}
