import { describe, expect, it } from 'vitest';

import { metricQuestions, type MetricSpec, type Subjects } from './metric-questions.ts';

const subjects: Subjects = {
  secondary: { namespace: 'shop', workload: 'cart', service: 'cart-canary' },
  primary: { namespace: 'shop', workload: 'cart-primary', service: 'cart-primary' },
};
const now = 1_000_000_000;

const metric = (fields: Partial<MetricSpec>): MetricSpec => ({
  name: 'errors',
  intervalSeconds: 60,
  max: 1,
  ...fields,
});
const queries = (fields: Partial<MetricSpec>, span: { since?: number } = {}, of = subjects) => {
  const asked = metricQuestions(of, metric(fields), { now, ...span });
  if ('problem' in asked) return asked;
  const texts = [asked.value, asked.baseline, ...asked.requests].map((one) => one?.kind === 'instant' && one.query);
  return texts.filter((text) => text !== false && text !== undefined);
};

describe('the questions of a metric', () => {
  it('are about now, and go to the metrics server that the spec names, or to the operator’s own', () => {
    const own = metricQuestions(subjects, metric({ query: 'q' }), { now });
    expect(own).toEqual({ value: { kind: 'instant', field: 'prometheusURL', query: 'q', atMs: now }, requests: [] });
    const named = metricQuestions({ ...subjects, prometheusURL: 'http://p.svc' }, metric({ query: 'q' }), { now });
    expect(named).toMatchObject({ value: { url: 'http://p.svc' } });
  });

  it.each([
    ['before there is traffic the whole interval', undefined, '60s'],
    ['long after the first traffic the whole interval', now - 90_000, '60s'],
    ['soon after the first traffic no more than since then', now - 20_999, '20s'],
    ['at once after the first traffic a second', now - 5, '1s'],
    ['when the clock was set back a second', now + 5_000, '1s'],
  ])('reach back %s', (_name, since, interval) => {
    expect(queries({ query: 'x[{{ interval }}]' }, since === undefined ? {} : { since })).toEqual([`x[${interval}]`]);
  });

  it('have each its own interval', () => {
    expect(queries({ query: 'x[{{ interval }}]', intervalSeconds: 300 })).toEqual(['x[300s]']);
  });

  it('ask the same of primary with compareTo', () => {
    expect(queries({ query: 'x{w="{{ workload }}"}', compareTo: 'primary' })).toEqual([
      'x{w="cart"}',
      'x{w="cart-primary"}',
    ]);
    expect(queries({ query: 'x{w="{{ service }}"}', compareTo: 'primary' })).toEqual([
      'x{w="cart-canary"}',
      'x{w="cart-primary"}',
    ]);
  });

  it('count the requests of each side that is looked at, if there have to be some', () => {
    const count = (workload: string): string =>
      `sum(increase(istio_requests_total{reporter="destination",destination_workload_namespace="shop",destination_workload="${workload}"}[60s]))`;
    expect(queries({ query: 'q', minimumRequests: 10 })).toEqual(['q', count('cart')]);
    expect(queries({ query: 'q', minimumRequests: 0 })).toEqual(['q']);
    expect(queries({ query: '{{ workload }}', compareTo: 'primary', minimumRequests: 10 })).toEqual([
      'cart',
      'cart-primary',
      count('cart'),
      count('cart-primary'),
    ]);
  });

  it('are a document for a URL, and still a count at Prometheus', () => {
    const asked = metricQuestions(
      subjects,
      metric({ url: 'http://m.shop.svc/x', jsonPath: '.a', minimumRequests: 5 }),
      { now },
    );
    expect(asked).toMatchObject({
      value: { kind: 'document', field: 'url of metric errors', url: 'http://m.shop.svc/x', path: '.a' },
      requests: [{ kind: 'instant' }],
    });
  });

  it('are built in for two names', () => {
    expect(queries({ name: 'request-success-rate' })).toEqual([expect.stringContaining('istio_requests_total')]);
    expect(queries({ name: 'request-duration' })).toEqual([
      expect.stringContaining('istio_request_duration_milliseconds_bucket'),
    ]);
  });

  it.each<[string, Partial<MetricSpec>, Subjects, string]>([
    ['there is no query', {}, subjects, 'the metric is not built in, and has neither query nor url'],
    [
      'a placeholder is unknown',
      { query: '{{ pod }}' },
      subjects,
      'the query has an unknown placeholder {{ pod }}; known are namespace, workload, service, interval',
    ],
    [
      'primary would be asked the same',
      { query: 'q', compareTo: 'primary' },
      subjects,
      'compareTo needs the placeholder {{ workload }} or {{ service }} in the query',
    ],
    [
      'a name would not stay within its quotes',
      { query: '{{ workload }}' },
      { ...subjects, secondary: { ...subjects.secondary, workload: 'a" or 1 #' } },
      'a name of the target cannot be put into a query',
    ],
  ])('are none when %s', (_name, fields, of, problem) => {
    expect(queries(fields, {}, of)).toEqual({ problem });
  });
});
