import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';

import { processEnv, type Transport } from '@canaryop/reconcile/env';
import { resourceKind } from '@canaryop/reconcile/object';
import { adminUser, createApiServer, type ApiServer } from '@canaryop/simkube';

import { definition } from '../programs/my-custom-resource.ts';

const definitions = resourceKind({
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
});

/** A simulated API server behind a front of plain HTTP that can fail as real ones do. */
export interface FailingServer extends ApiServer {
  readonly kubeconfig: string;
  /** How many watches of the custom resource are open. */
  readonly openWatches: number;
  /** Requests that began with a method and a path, as `GET /api`. */
  readonly requests: (start: string) => number;
  /** Answers each request with this status; undefined lets them through again. Given a start, only requests that begin so. */
  readonly answerWith: (status: number | undefined, start?: string) => void;
  /** Installs the custom resource. */
  readonly install: () => void;
  /** Sends a line to all open watches, and ends them. */
  readonly endWatchesWith: (line: object) => void;
}

/** Starts one that serves the custom resource, or will once it is installed. */
export async function failingServer({ isInstalled = true } = {}): Promise<FailingServer> {
  const server = createApiServer({ env: processEnv(), definitions: isInstalled ? [definition] : [] });
  const transport = server.transport(adminUser);
  const watches = new Set<ServerResponse>();
  const seen: string[] = [];
  let failure: { readonly status: number; readonly start: string } | undefined;
  const http = createServer((request, response) => {
    const line = `${request.method ?? ''} ${request.url ?? ''}`;
    seen.push(line);
    if (failure !== undefined && line.startsWith(failure.start)) {
      response.writeHead(failure.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code: failure.status }));
      return;
    }
    if (line.includes('mycustomresources') && line.includes('watch=true')) watches.add(response);
    response.on('close', () => watches.delete(response));
    forward(transport, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  return {
    ...server,
    kubeconfig: kubeconfigOf(url),
    get openWatches() {
      return watches.size;
    },
    requests: (start) => seen.filter((line) => line.startsWith(start)).length,
    answerWith: (status, start = '') => {
      failure = status === undefined ? undefined : { status, start };
    },
    install: () => {
      server.loopback.create(definitions, definition);
    },
    endWatchesWith: (line) => {
      for (const watch of watches) watch.end(`${JSON.stringify(line)}\n`);
    },
    close: async () => {
      await server.close();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

async function forward(transport: Transport, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const abort = new AbortController();
  response.on('close', () => abort.abort());
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const headers = Object.entries(request.headers).filter(
    (each): each is [string, string] => typeof each[1] === 'string',
  );
  const answer = await transport.request({
    method: request.method ?? 'GET',
    url: `http://simkube${request.url ?? '/'}`,
    headers: Object.fromEntries(headers),
    ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }),
    signal: abort.signal,
  });
  response.writeHead(answer.status, answer.headers);
  response.flushHeaders();
  await pipeline(Readable.from(answer.body), response);
}

function kubeconfigOf(server: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    clusters: [{ name: 'test', cluster: { server } }],
    users: [{ name: 'test', user: {} }],
  });
}
