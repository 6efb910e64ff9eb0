import { processEnv } from '@canaryop/reconcile/env';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { PromqlEngine } from '../../src/prometheus/promql/engine.ts';
import { createHttpApi } from '../../src/prometheus/http/http-api.ts';
import type { HttpHandler } from '../../src/prometheus/http/http-handler.ts';
import { Labels } from '../../src/prometheus/labels.ts';
import { findPrometheus, startRealPrometheus, type RealPrometheus } from '../../src/prometheus/real/real-prometheus.ts';
import { TimeSeriesStore } from '../../src/prometheus/tsdb/time-series-store.ts';
import { difference, type Answer } from './compare.ts';
import { httpRequest } from './http-request.ts';
import { anyQuery } from './query-arbitrary.ts';
import { instantOnlyQueries, orderedQueries, sharedQueries, unsupportedQueries } from './queries.ts';
import { encodeWriteRequest, remoteWriteHeaders } from './remote-write.ts';
import { dataStartMs, sampleData } from './sample-data.ts';

const binary = await findPrometheus();
const env = processEnv();
const startSeconds = dataStartMs / 1000;

/** Before the data, at its start, amid it, between samples, at its end, and within and after the lookback. */
const instants = [-10, 0, 7, 65.5, 125, 300, 301.137, 483, 555, 600, 899, 1000].map((offset) => startSeconds + offset);
/** Offset, length and step of range queries, in seconds. */
const ranges = [
  { start: -20, end: 700, step: 45 },
  { start: 290.5, end: 320, step: 1.25 },
];

function embeddedApi(): HttpHandler {
  const store = new TimeSeriesStore();
  for (const { labels, points } of sampleData()) {
    const parsed = Labels.fromRecord(labels);
    for (const { timeMs, value, stale } of points) {
      if (stale === true) store.appendStale(parsed, timeMs);
      else store.append(parsed, timeMs, value);
    }
  }
  const engine = new PromqlEngine(store, env.clock);
  return createHttpApi({ store, engine, clock: env.clock });
}

function instantPath(query: string, time: number): string {
  return `/api/v1/query?${new URLSearchParams({ query, time: String(time) }).toString()}`;
}

function rangePath(query: string, range: (typeof ranges)[number]): string {
  const parameters = {
    query,
    start: String(startSeconds + range.start),
    end: String(startSeconds + range.end),
    step: String(range.step),
  };
  return `/api/v1/query_range?${new URLSearchParams(parameters).toString()}`;
}

function answerOf({ status, body }: { status: number; body: string }): Answer {
  return { status, body: JSON.parse(body) as Answer['body'] };
}

describe.runIf(binary !== undefined)('the embedded Prometheus beside a real one (needs `prometheus` on PATH)', () => {
  const embedded = embeddedApi();
  let real: RealPrometheus;

  beforeAll(async () => {
    real = await startRealPrometheus({
      timers: env.timers,
      binary: binary ?? '',
      targets: [],
      acceptsRemoteWrite: true,
    });
    const body = encodeWriteRequest(sampleData());
    const written = await httpRequest(`${real.url}/api/v1/write`, {
      method: 'POST',
      headers: remoteWriteHeaders,
      body,
    });
    expect(written).toEqual({ status: 204, body: '' });
  });

  afterAll(() => real.stop());

  async function differs(path: string, isOrdered = false): Promise<string | undefined> {
    const actual = answerOf(embedded({ method: 'GET', target: path, body: '' }));
    const expected = answerOf(await httpRequest(real.url + path));
    return difference(actual, expected, isOrdered);
  }

  async function differences(paths: readonly string[], isOrdered = false): Promise<string[]> {
    const found = await Promise.all(paths.map((path) => differs(path, isOrdered)));
    return found.flatMap((text, index) =>
      text === undefined ? [] : [`${decodeURIComponent(paths[index] ?? '')}: ${text}`],
    );
  }

  it.each(sharedQueries)('answers like it: %s', async (query) => {
    const paths = [
      ...instants.map((time) => instantPath(query, time)),
      ...ranges.map((range) => rangePath(query, range)),
    ];
    expect(await differences(paths)).toEqual([]);
  });

  it.each(instantOnlyQueries)('gives the same points, and refuses a range query alike: %s', async (query) => {
    const paths = [
      ...instants.map((time) => instantPath(query, time)),
      ...ranges.map((range) => rangePath(query, range)),
    ];
    expect(await differences(paths)).toEqual([]);
  });

  it.each(orderedQueries)('gives the same order: %s', async (query) => {
    expect(
      await differences(
        instants.map((time) => instantPath(query, time)),
        true,
      ),
    ).toEqual([]);
  });

  it('answers any generated query like it, errors included', async () => {
    const range = { start: 100, end: 620, step: 65 };
    const numRuns = Number(process.env['PROMQL_RUNS'] ?? 400);
    let withData = 0;
    await fc.assert(
      fc.asyncProperty(anyQuery, fc.constantFrom(...instants), async (query, time) => {
        expect(await differences([instantPath(query, time), rangePath(query, range)])).toEqual([]);
        const answer = embedded({ method: 'GET', target: rangePath(query, range), body: '' });
        if (answer.body.includes('"metric"')) withData += 1;
      }),
      // PROMQL_RUNS=8000 PROMQL_SEED=1 looks further.
      { numRuns, seed: Number(process.env['PROMQL_SEED'] ?? 20_261_121) },
    );
    expect(withData / numRuns).toBeGreaterThan(0.3);
  });

  it.each([
    '/api/v1/query',
    '/api/v1/query?query=1&time=yesterday',
    '/api/v1/query?query=1&time=2026-01-01T00:00:30.5Z',
    '/api/v1/query?query=1&timeout=soon',
    '/api/v1/query_range?query=1&start=1&end=2',
    '/api/v1/query_range?query=1&start=1&end=0&step=1',
    '/api/v1/query_range?query=1&start=0&end=1&step=0',
    '/api/v1/query_range?query=1&start=0&end=1&step=-1',
    '/api/v1/query_range?query=1&start=0&end=1&step=x',
    '/api/v1/query_range?query=1&start=0&end=11000&step=1',
    '/api/v1/query_range?query=1&start=0&end=11001&step=1',
    '/api/v1/query_range?query=1&start=2026-01-01T00:00:00Z&end=2026-01-01T00:10:00%2B00:00&step=2m',
  ])('treats parameters alike: %s', async (path) => {
    expect(await differences([path])).toEqual([]);
    const ours = answerOf(embedded({ method: 'GET', target: path, body: '' }));
    const theirs = answerOf(await httpRequest(real.url + path));
    expect(ours.body.error).toBe(theirs.body.error);
  });

  it.each([
    '/api/v1/labels',
    '/api/v1/label/pod/values',
    '/api/v1/label/bad-name/values',
    '/api/v1/series',
    '/api/v1/series?match[]=limit_bytes&match[]=%7Bpod%3D%22a%22%7D',
    '/api/v1/labels?match[]=limit_bytes',
  ])('tells labels and series alike: %s', async (path) => {
    const ours = answerOf(embedded({ method: 'GET', target: path, body: '' }));
    const theirs = answerOf(await httpRequest(real.url + path));
    expect(ours).toEqual(theirs);
  });
});

describe('without a real Prometheus', () => {
  it.each(unsupportedQueries)('refuses what it does not have with 422: %s', (query, named) => {
    const { status, body } = answerOf(embeddedApi()({ method: 'GET', target: instantPath(query, 0), body: '' }));
    expect({ status, errorType: body.errorType }).toEqual({ status: 422, errorType: 'execution' });
    expect(body.error).toContain(named);
  });
});
