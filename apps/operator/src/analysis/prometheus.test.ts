import { describe, expect, it } from 'vitest';

import type { Transport, TransportRequest } from '@canaryop/reconcile/env';
import { virtualEnv } from '@canaryop/reconcile/testing';

import { defaultAllowedHosts } from './address-policy.ts';
import { HttpClient } from './http.ts';
import type { Question } from './metric-provider.ts';
import { PrometheusProvider } from './prometheus.ts';
import { questionAt } from './question.ts';

const question: Question = {
  url: 'http://prometheus.istio-system.svc:9090/',
  query: 'errors > 2',
  startMs: 1_000_000,
  endMs: 1_010_000,
  stepSeconds: 5,
};

type Reply = { status?: number; body?: string | readonly Uint8Array[] } | 'never' | 'refused';

function asking(reply: Reply, addresses: readonly string[] = ['10.1.2.3']) {
  const env = virtualEnv();
  const requests: TransportRequest[] = [];
  const transport: Transport = {
    close: () => Promise.resolve(),
    request(request) {
      requests.push(request);
      if (reply === 'refused') return Promise.reject(new Error('connect ECONNREFUSED'));
      if (reply === 'never') {
        return new Promise((_resolve, reject) => {
          request.signal?.addEventListener('abort', () => {
            reject(new Error('aborted'));
          });
        });
      }
      const { status = 200, body = '' } = reply;
      const chunks = typeof body === 'string' ? [new TextEncoder().encode(body)] : body;
      return Promise.resolve({ status, headers: {}, body: iterate(chunks) });
    },
  };
  const http = new HttpClient(transport, env.timers, { timeoutMs: 5_000, maxBytes: 262_144 });
  const policy = { allowedHosts: defaultAllowedHosts, resolve: new Map(), refusedAddresses: [] };
  const provider = new PrometheusProvider(http, policy, () => Promise.resolve(addresses));
  return { env, requests, provider, ask: () => provider.ask(question, new AbortController().signal) };
}

async function* iterate(chunks: readonly Uint8Array[]): AsyncIterable<Uint8Array> {
  yield* chunks;
}

const success = (result: unknown, resultType = 'matrix'): string =>
  JSON.stringify({ status: 'success', data: { resultType, result } });

describe('asking Prometheus', () => {
  it('sends the range query as a form to the address that was judged', async () => {
    const { ask, requests } = asking({ body: success([]) });
    expect(await ask()).toEqual({ kind: 'empty' });
    expect(requests[0]).toMatchObject({
      method: 'POST',
      url: 'http://prometheus.istio-system.svc:9090/api/v1/query_range',
      address: { host: '10.1.2.3', port: 9090 },
    });
    expect(new URLSearchParams(String(requests[0]?.body)).get('start')).toBe('1000.000');
  });

  it.each<[string, Reply, string]>([
    ['a series', { body: success([{ metric: {}, values: [[1, '3']] }]) }, 'result'],
    ['a series of NaN', { body: success([{ metric: {}, values: [[1, 'NaN']] }]) }, 'result'],
    ['no series', { body: success([]) }, 'empty'],
    ['HTML', { body: '<html>login</html>' }, 'error'],
    ['an empty body', { body: '' }, 'error'],
    ['JSON that is not Prometheus', { body: '{"hello":"world"}' }, 'error'],
    ['an instant vector', { body: success([], 'vector') }, 'error'],
    [
      'a refused query',
      { status: 422, body: '{"status":"error","errorType":"execution","error":"secret text"}' },
      'error',
    ],
    ['a redirect', { status: 302, body: '' }, 'error'],
    ['an overloaded server', { status: 503, body: 'busy' }, 'error'],
    ['a refused connection', 'refused', 'error'],
    ['a body without end', { body: Array.from({ length: 100 }, () => new Uint8Array(10_000)) }, 'error'],
  ])('takes %s for what it is', async (_name, reply, kind) => {
    const answer = await asking(reply).ask();
    expect(answer.kind).toBe(kind);
    expect(JSON.stringify(answer)).not.toContain('secret text');
  });

  it('gives up after five seconds', async () => {
    const { ask, env } = asking('never');
    const answer = ask();
    await env.time.advance(5_000);
    expect(await answer).toEqual({ kind: 'error', errorClass: 'timeout' });
    expect(env.time.pending).toBe(0);
  });

  it('sends nothing to a name that leads to the metadata service', async () => {
    const { ask, requests } = asking({ body: success([]) }, ['169.254.169.254']);
    expect((await ask()).kind).toBe('forbidden');
    expect(requests).toEqual([]);
  });

  it('says that a name is not known', async () => {
    expect(await asking({ body: success([]) }, []).ask()).toMatchObject({ kind: 'error' });
  });
});

describe('the range of a check', () => {
  const spec = { prometheusQuery: 'q', prometheusURL: 'u' };
  it.each([
    ['asks about this moment before there is traffic', undefined, 1_000_000],
    ['begins whole steps before now', 1_000_000 - 12_345, 990_000],
    ['does not reach before the first traffic', 1_000_000 - 4_999, 1_000_000],
    ['reaches two minutes back at most', 0, 880_000],
    ['asks about this moment when the first traffic is yet to come', 1_000_500, 1_000_000],
  ])('%s', (_name, since, startMs) => {
    expect(questionAt(spec, 1_000_000, since)).toMatchObject({ startMs, endMs: 1_000_000, stepSeconds: 5 });
  });
});
