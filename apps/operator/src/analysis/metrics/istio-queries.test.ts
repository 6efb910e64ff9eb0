import { describe, expect, it } from 'vitest';

import { SampledMesh, type Served } from '../../../test/analysis/sampled-mesh.ts';
import type { Answer } from '../question.ts';
import { builtInQuery, requestCountQuery } from './istio-queries.ts';
import type { Subject } from './subject.ts';

const canary: Subject = { namespace: 'shop', workload: 'cart', service: 'cart-canary' };
const service: Subject = { namespace: 'shop', service: 'cart-canary' };
const of: Served = { workload: 'cart', service: 'cart-canary' };
const ofPrimary: Served = { workload: 'cart-primary', service: 'cart-primary' };
const seconds = 60;

async function ask(mesh: SampledMesh, query: string): Promise<Answer> {
  const question = { kind: 'instant', field: 'prometheusURL', query, atMs: mesh.env.clock.now() } as const;
  return mesh.provider.ask(question, new AbortController().signal);
}

async function numberOf(mesh: SampledMesh, query: string): Promise<number> {
  const answer = await ask(mesh, query);
  if (answer.kind !== 'value') throw new Error(`${query} gives ${JSON.stringify(answer)}`);
  return answer.value;
}

const successRate = (subject: Subject): string => builtInQuery('request-success-rate', subject, seconds);
const duration = (subject: Subject): string => builtInQuery('request-duration', subject, seconds);

describe('request-success-rate', () => {
  it.each<[string, number, number, number]>([
    ['every request succeeds', 10, 0, 100],
    ['every tenth fails', 9, 1, 90],
    ['every one fails', 0, 5, 0],
  ])('when %s', async (_name, good, bad, percent) => {
    const mesh = new SampledMesh();
    const failing = { ...of, code: 500 };
    mesh.announce(of);
    mesh.announce(failing);
    await mesh.serve(90, { ...of, perSecond: good }, { ...failing, perSecond: bad });
    expect(await numberOf(mesh, successRate(canary))).toBeCloseTo(percent, 6);
    expect(await numberOf(mesh, successRate(service))).toBeCloseTo(percent, 6);
  });

  it('is 0, and not without data, when there is no series of good requests at all', async () => {
    const mesh = new SampledMesh();
    await mesh.serve(90, { ...of, code: 503, perSecond: 5 });
    expect(await ask(mesh, successRate(canary))).toEqual({ kind: 'value', value: 0 });
  });

  it('is of the workload alone, over all of its pods', async () => {
    const mesh = new SampledMesh();
    await mesh.serve(
      90,
      { ...of, perSecond: 8, pod: 'a' },
      { ...of, perSecond: 8, pod: 'b' },
      { ...of, code: 500, perSecond: 4, pod: 'b' },
      { ...ofPrimary, code: 500, perSecond: 100 },
      { workload: 'cart', service: 'other', perSecond: 0 },
    );
    expect(await numberOf(mesh, successRate(canary))).toBeCloseTo(80, 6);
  });

  it('counts what the workload itself reports, once, and of a Service what its clients report', async () => {
    const mesh = new SampledMesh();
    const lost: Served = { ...of, workload: 'unknown', code: 503, reporter: 'source' };
    await mesh.serve(90, { ...of, perSecond: 9 }, { ...lost, perSecond: 1 });
    expect(await numberOf(mesh, successRate(canary))).toBeCloseTo(100, 6);
    expect(await numberOf(mesh, successRate(service))).toBeCloseTo(90, 6);
  });

  it('takes a client error for the client’s', async () => {
    const mesh = new SampledMesh();
    await mesh.serve(90, { ...of, code: 404, perSecond: 5 });
    expect(await numberOf(mesh, successRate(canary))).toBeCloseTo(100, 6);
  });

  it('forgets what was before its interval', async () => {
    const mesh = new SampledMesh();
    await mesh.serve(60, { ...of, code: 500, perSecond: 10 }, { ...of, perSecond: 0 });
    await mesh.serve(61, { ...of, perSecond: 10 });
    expect(await numberOf(mesh, successRate(canary))).toBeCloseTo(100, 6);
  });

  it('is without data when nobody has asked ever, and not a number when nobody asks any more', async () => {
    const mesh = new SampledMesh();
    await mesh.serve(10, { ...ofPrimary, perSecond: 10 });
    expect(await ask(mesh, successRate(canary))).toEqual({ kind: 'empty' });
    await mesh.serve(10, { ...of, perSecond: 10 });
    await mesh.serve(90, { ...ofPrimary, perSecond: 10 });
    expect(await ask(mesh, successRate(canary))).toEqual({ kind: 'value', value: NaN });
  });
});

describe('request-duration', () => {
  it.each([
    ['all take 20 ms: within the bucket of 10 to 25', [[100, 20]], 10, 25],
    [
      'one in a hundred is slow: still in the bucket of the fast ones',
      [
        [99, 20],
        [1, 900],
      ],
      10,
      25,
    ],
    [
      'one in twenty is slow: in the bucket of the slow ones',
      [
        [95, 20],
        [5, 900],
      ],
      500,
      1000,
    ],
  ] as const)('is the 99th percentile in milliseconds when %s', async (_name, served, low, high) => {
    const mesh = new SampledMesh();
    const requests = served.map(([perSecond, durationMs]) => ({ ...of, perSecond, durationMs }));
    await mesh.serve(90, ...requests, { ...ofPrimary, perSecond: 100, durationMs: 2_000 });
    for (const subject of [canary, service]) {
      const value = await numberOf(mesh, duration(subject));
      expect(value).toBeGreaterThan(low);
      expect(value).toBeLessThanOrEqual(high);
    }
  });

  it('is interpolated within its bucket, as Prometheus does it', async () => {
    const mesh = new SampledMesh();
    await mesh.serve(90, { ...of, perSecond: 10, durationMs: 20 });
    // All are between 10 and 25 ms: 99 % of the way.
    expect(await numberOf(mesh, duration(canary))).toBeCloseTo(10 + 15 * 0.99, 6);
  });

  it('is without data, or not a number, when nobody asks', async () => {
    const mesh = new SampledMesh();
    await mesh.serve(10, { ...ofPrimary, perSecond: 10 });
    expect(await ask(mesh, duration(canary))).toEqual({ kind: 'empty' });
    await mesh.serve(5, { ...of, perSecond: 10 });
    await mesh.serve(90, { ...ofPrimary, perSecond: 10 });
    expect(await ask(mesh, duration(canary))).toEqual({ kind: 'value', value: NaN });
  });
});

describe('the number of requests', () => {
  it('is of the workload alone, within the interval', async () => {
    const mesh = new SampledMesh();
    mesh.announce(of);
    await mesh.serve(90, { ...of, perSecond: 2 }, { ...of, code: 500, perSecond: 1 }, { ...ofPrimary, perSecond: 50 });
    expect(Math.round(await numberOf(mesh, requestCountQuery(canary, seconds)))).toBe(180);
    expect(Math.round(await numberOf(mesh, requestCountQuery(service, seconds)))).toBe(180);
    expect(Math.round(await numberOf(mesh, requestCountQuery(canary, 30)))).toBe(90);
  });

  it('is without data when there never were any', async () => {
    expect(await ask(new SampledMesh(), requestCountQuery(canary, seconds))).toEqual({ kind: 'empty' });
  });
});
