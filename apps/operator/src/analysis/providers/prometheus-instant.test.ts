import { describe, expect, it } from 'vitest';

import { scriptedNetwork, type Reply } from '../../../test/analysis/scripted-network.ts';
import { itIsAMetricProvider } from '../metric-provider.contract.ts';
import type { Answer, InstantQuestion } from '../question.ts';
import { prometheusInstant } from './prometheus-instant.ts';

const question: InstantQuestion = {
  kind: 'instant',
  field: 'prometheusURL',
  url: 'http://prometheus.istio-system.svc:9090',
  query: 'sum(rate(errors[1m]))',
  atMs: 1_000_000,
};

const success = (result: unknown, resultType = 'vector'): Reply => ({
  body: JSON.stringify({ status: 'success', data: { resultType, result } }),
});
const sample = (value: unknown) => ({ metric: { pod: 'a' }, value: [1_000, value] });
const noNumber: Answer = { kind: 'error', errorClass: 'the query does not give a number' };

itIsAMetricProvider('an instant query', {
  provider: prometheusInstant,
  question,
  timeoutMs: 5_000,
  good: { reply: success([sample('99.5')]), answer: { kind: 'value', value: 99.5 } },
});

function asking(reply: Reply) {
  const { requests, wire } = scriptedNetwork(reply);
  return { requests, ask: () => prometheusInstant(wire).ask(question, new AbortController().signal) };
}

describe('an instant query', () => {
  it('is sent as a form, about its moment', async () => {
    const { ask, requests } = asking(success([sample('1')]));
    await ask();
    expect(requests[0]?.url).toBe('http://prometheus.istio-system.svc:9090/api/v1/query');
    expect(Object.fromEntries(new URLSearchParams(String(requests[0]?.body)))).toEqual({
      query: 'sum(rate(errors[1m]))',
      time: '1000.000',
    });
  });

  it.each<[string, Reply, Answer]>([
    ['one series', success([sample('99.5')]), { kind: 'value', value: 99.5 }],
    ['a scalar', success([1_000, '5'], 'scalar'), { kind: 'value', value: 5 }],
    ['NaN', success([sample('NaN')]), { kind: 'value', value: NaN }],
    ['infinity', success([sample('+Inf')]), { kind: 'value', value: Infinity }],
    ['minus infinity', success([sample('-Inf')]), { kind: 'value', value: -Infinity }],
    ['a small number', success([sample('1e-9')]), { kind: 'value', value: 1e-9 }],
    ['no series', success([]), { kind: 'empty' }],
    ['a string', success([1_000, '5'], 'string'), noNumber],
    ['a matrix', success([{ metric: {}, values: [[1, '3']] }], 'matrix'), noNumber],
    ['a sample without a value', success([{ metric: {} }]), noNumber],
    ['a native histogram', success([{ metric: {}, histogram: [1, {}] }]), noNumber],
    ['a value that is no text', success([sample(5)]), noNumber],
    ['a value that is no number', success([sample('secret text')]), noNumber],
    ['an empty value', success([sample('')]), noNumber],
    ['a result that is no list', success({}), noNumber],
    ['null', success(null), noNumber],
    ['HTML', { body: '<html>secret text</html>' }, { kind: 'error', errorClass: 'the answer is not from Prometheus' }],
    [
      'a refused query',
      { status: 400, body: '{"status":"error","errorType":"bad_data","error":"secret text"}' },
      { kind: 'error', errorClass: 'HTTP 400 bad_data' },
    ],
    [
      'an error type that tells too much',
      { status: 400, body: '{"errorType":"secret text"}' },
      { kind: 'error', errorClass: 'HTTP 400' },
    ],
  ])('takes %s for what it is', async (_name, reply, answer) => {
    expect(await asking(reply).ask()).toEqual(answer);
  });

  // Flagger's defect: of several series the last one was used, and nobody was told.
  it('refuses several series, and says so, whatever their order is', async () => {
    const answer = await asking(success([sample('100'), sample('3')])).ask();
    expect(answer).toEqual({ kind: 'error', errorClass: 'the query has 2 series, and must have one: aggregate it' });
  });
});
