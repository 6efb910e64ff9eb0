import { describe, expect, it } from 'vitest';

import { loadSeries } from '../../../test/prometheus/load-series.ts';
import { PromqlEngine } from '../promql/engine.ts';
import { createHttpApi } from './http-api.ts';

const clock = { now: () => 20_500, monotonic: () => 0 };
const store = loadSeries({ 'm{a="x"}': '1 2 3', 'm{a="y"}': '+Inf NaN 0.1', 'other{b="z"}': '1' });
const api = createHttpApi({ store, engine: new PromqlEngine(store, clock), clock });

function get(target: string): { status: number; body: unknown } {
  const { status, body } = api({ method: 'GET', target, body: '' });
  return { status, body: JSON.parse(body) };
}

function errorOf(target: string): string {
  const { status, body } = get(target);
  const { errorType, error } = body as { errorType: string; error: string };
  return `${status} ${errorType}: ${error}`;
}

describe('the HTTP API', () => {
  it.each<[string, unknown]>([
    [
      '/api/v1/query?query=m&time=10',
      {
        resultType: 'vector',
        result: [
          { metric: { __name__: 'm', a: 'x' }, value: [10, '2'] },
          { metric: { __name__: 'm', a: 'y' }, value: [10, 'NaN'] },
        ],
      },
    ],
    ['/api/v1/query?query=none&time=10', { resultType: 'vector', result: [] }],
    ['/api/v1/query?query=1', { resultType: 'scalar', result: [20.5, '1'] }],
    ['/api/v1/query?query=-1/0&time=1970-01-01T00:00:01.5Z', { resultType: 'scalar', result: [1.5, '-Inf'] }],
    ["/api/v1/query?query='a'&time=0", { resultType: 'string', result: [0, 'a'] }],
    [
      '/api/v1/query?query=m{a="y"}[20s]&time=20.001',
      {
        resultType: 'matrix',
        result: [
          {
            metric: { __name__: 'm', a: 'y' },
            values: [
              [10, 'NaN'],
              [20, '0.1'],
            ],
          },
        ],
      },
    ],
    [
      '/api/v1/query_range?query=m{a="y"}&start=0&end=20&step=10s',
      {
        resultType: 'matrix',
        result: [
          {
            metric: { __name__: 'm', a: 'y' },
            values: [
              [0, '+Inf'],
              [10, 'NaN'],
              [20, '0.1'],
            ],
          },
        ],
      },
    ],
    ['/api/v1/query_range?query=none&start=0&end=20&step=10', { resultType: 'matrix', result: [] }],
    ['/api/v1/labels', ['__name__', 'a', 'b']],
    ['/api/v1/labels?start=15', ['__name__', 'a']],
    ['/api/v1/label/a/values', ['x', 'y']],
    ['/api/v1/label/a/values?match[]=m{a!="x"}', ['y']],
    ['/api/v1/series?match[]=other', [{ __name__: 'other', b: 'z' }]],
    ['/api/v1/series?match[]=other&start=300', []],
  ])('GET %s', (target, data) => {
    expect(get(target)).toEqual({ status: 200, body: { status: 'success', data } });
  });

  it.each([
    ['/api/v1/query', '400 bad_data: invalid parameter "query": 1:1: parse error: no expression found in input'],
    ['/api/v1/query?query=m{', '400 bad_data: invalid parameter "query": 1:3: parse error: unexpected end of input'],
    ['/api/v1/query?query=year()', '422 execution: function "year" is not supported by the embedded PromQL evaluator'],
    [
      '/api/v1/query_range?query=1&end=1&step=1',
      '400 bad_data: invalid parameter "start": cannot parse "" to a valid timestamp',
    ],
    [
      '/api/v1/query_range?query=1&start=1e400&end=1&step=1',
      '400 bad_data: invalid parameter "start": cannot parse "1e400" to a valid timestamp',
    ],
    [
      '/api/v1/query_range?query=1&start=0&end=1&step=1.5.',
      '400 bad_data: invalid parameter "step": cannot parse "1.5." to a valid duration',
    ],
    [
      '/api/v1/query_range?query=1&start=0&end=11001&step=1',
      '400 bad_data: exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
    ],
    ['/api/v1/series', '400 bad_data: no match[] parameter provided'],
    ['/api/v1/series?match[]=sum(m)', '400 bad_data: invalid parameter "match[]": expected a series selector'],
    ['/api/v1/label/a-b/values', '400 bad_data: invalid label name: "a-b"'],
  ])('GET %s is %s', (target, expected) => {
    expect(errorOf(target)).toBe(expected);
  });

  it('allows a range of exactly 11,000 steps', () => {
    expect(get('/api/v1/query_range?query=none&start=0&end=11000&step=1').status).toBe(200);
  });

  it('reads a POST form, which comes before the URL', () => {
    const response = api({ method: 'POST', target: '/api/v1/query?query=1&time=5', body: 'query=1%2B1&timeout=10s' });
    expect(JSON.parse(response.body)).toEqual({ status: 'success', data: { resultType: 'scalar', result: [5, '2'] } });
    expect(response.contentType).toBe('application/json');
  });

  it('answers 503 when the timeout is over', () => {
    let nowMs = 0;
    const slowClock = { now: () => 0, monotonic: () => (nowMs += 1000) };
    const slow = createHttpApi({ store, engine: new PromqlEngine(store, slowClock), clock: slowClock });
    const { status, body } = slow({ method: 'GET', target: '/api/v1/query?query=m&timeout=500ms', body: '' });
    expect(status).toBe(503);
    expect(JSON.parse(body)).toMatchObject({ status: 'error', errorType: 'timeout' });
  });

  it.each([
    ['GET', '/-/healthy', 200],
    ['GET', '/-/ready', 200],
    ['GET', '/api/v1/targets', 404],
    ['DELETE', '/api/v1/query', 405],
    ['POST', '/api/v1/label/a/values', 405],
  ])('%s %s is %s', (method, target, status) => {
    expect(api({ method, target, body: '' }).status).toBe(status);
  });
});
