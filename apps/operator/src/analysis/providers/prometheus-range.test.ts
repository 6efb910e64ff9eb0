import { describe, expect, it } from 'vitest';

import { scriptedNetwork, type Reply } from '../../../test/analysis/scripted-network.ts';
import { itIsAMetricProvider } from '../metric-provider.contract.ts';
import type { RangeQuestion } from '../question.ts';
import { prometheusRange } from './prometheus-range.ts';

const question: RangeQuestion = {
  kind: 'range',
  field: 'prometheusURL',
  url: 'http://prometheus.istio-system.svc:9090/',
  query: 'errors > 2',
  startMs: 1_000_000,
  endMs: 1_010_000,
  stepSeconds: 5,
};

const success = (result: unknown, resultType = 'matrix'): string =>
  JSON.stringify({ status: 'success', data: { resultType, result } });

itIsAMetricProvider('a range query', {
  provider: prometheusRange,
  question,
  timeoutMs: 5_000,
  good: { reply: { body: success([]) }, answer: { kind: 'empty' } },
});

function asking(reply: Reply, asked: RangeQuestion = question) {
  const { requests, wire } = scriptedNetwork(reply);
  return { requests, ask: () => prometheusRange(wire).ask(asked, new AbortController().signal) };
}

describe('a range query', () => {
  it('is sent as a form', async () => {
    const { ask, requests } = asking({ body: success([]) });
    expect(await ask()).toEqual({ kind: 'empty' });
    expect(requests[0]).toMatchObject({
      method: 'POST',
      url: 'http://prometheus.istio-system.svc:9090/api/v1/query_range',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(Object.fromEntries(new URLSearchParams(String(requests[0]?.body)))).toEqual({
      query: 'errors > 2',
      start: '1000.000',
      end: '1010.000',
      step: '5',
    });
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
  ])('takes %s for what it is', async (_name, reply, kind) => {
    const answer = await asking(reply).ask();
    expect(answer.kind).toBe(kind);
    expect(JSON.stringify(answer)).not.toContain('secret text');
  });

  it.each([
    ['an empty URL', { ...question, url: '' }, 'prometheusURL is empty'],
    ['an empty query', { ...question, query: '' }, 'prometheusQuery is empty'],
    ['neither', { ...question, url: '', query: '' }, 'prometheusURL is empty'],
  ])('with %s is an error, and is not sent', async (_name, asked, errorClass) => {
    const { ask, requests } = asking({ body: success([]) }, asked);
    expect(await ask()).toEqual({ kind: 'error', errorClass });
    expect(requests).toEqual([]);
  });
});
