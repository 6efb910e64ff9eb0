import type { Transport, TransportRequest } from '@canaryop/reconcile/env';
import { virtualEnv, type VirtualEnv } from '@canaryop/reconcile/testing';

import { defaultAllowedHosts, type AddressPolicy } from '../../src/analysis/address-policy.ts';
import { defaultMetricsServer, Endpoints } from '../../src/analysis/endpoints.ts';
import { HttpClient } from '../../src/analysis/http.ts';
import type { Wire } from '../../src/analysis/providers/prometheus-api.ts';

/** What a server does: answer, say nothing, not be there, or begin an answer that never ends. */
export type Reply =
  | {
      readonly status?: number;
      readonly body?: string | readonly Uint8Array[];
      readonly headers?: Readonly<Record<string, string>>;
    }
  | 'never'
  | 'refused'
  | 'drips';

/** A network on which every server gives the same reply, in virtual time, and what was asked on it. */
export interface ScriptedNetwork {
  readonly env: VirtualEnv;
  readonly requests: readonly TransportRequest[];
  readonly wire: Wire;
}

/** What a scripted network may differ in. */
export interface ScriptedNetworkOptions {
  /** What every name leads to. Empty: there is no such name. */
  readonly addresses?: readonly string[];
  readonly policy?: Partial<AddressPolicy>;
  readonly metricsServer?: string;
}

/** The network, with the bounds that the operator has. */
export function scriptedNetwork(reply: Reply, options: ScriptedNetworkOptions = {}): ScriptedNetwork {
  const { addresses = ['10.1.2.3'], policy = {}, metricsServer = defaultMetricsServer } = options;
  const env = virtualEnv();
  const requests: TransportRequest[] = [];
  const transport: Transport = {
    close: () => Promise.resolve(),
    request(request) {
      requests.push(request);
      if (reply === 'refused') return Promise.reject(new Error('connect ECONNREFUSED'));
      if (reply === 'never') return aborted(request);
      if (reply === 'drips') return Promise.resolve({ status: 200, headers: {}, body: dripping(env, request) });
      const { status = 200, body = '', headers = {} } = reply;
      const chunks = typeof body === 'string' ? [new TextEncoder().encode(body)] : body;
      return Promise.resolve({ status, headers, body: iterate(chunks) });
    },
  };
  const judged = { allowedHosts: defaultAllowedHosts, resolve: new Map(), refusedAddresses: [], ...policy };
  const endpoints = new Endpoints(judged, () => Promise.resolve(addresses), metricsServer);
  const http = new HttpClient(transport, env.timers, { timeoutMs: 5_000, maxBytes: 262_144 });
  return { env, requests, wire: { http, endpoints } };
}

function aborted({ signal }: TransportRequest): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => {
      reject(new Error('aborted'));
    });
  });
}

async function* iterate(chunks: readonly Uint8Array[]): AsyncIterable<Uint8Array> {
  yield* chunks;
}

/** A byte a second, until somebody has had enough. */
async function* dripping(env: VirtualEnv, request: TransportRequest): AsyncIterable<Uint8Array> {
  for (;;) {
    await Promise.race([
      aborted(request),
      new Promise<void>((resolve) => {
        env.timers.schedule(1_000, resolve);
      }),
    ]);
    yield new Uint8Array(1);
  }
}
