import { describe, expect, it } from 'vitest';

import { SampledMesh, type Served } from '../../../test/analysis/sampled-mesh.ts';
import type { AnalysisSpec } from '../../api/v1/canaryapp.ts';
import type { Revision } from '../../api/v1/revision.ts';
import type { Finding, Moment } from '../analysis.ts';
import type { Answer } from '../question.ts';
import { metricAnalysis } from './metric-analysis.ts';
import type { MetricSpec, Subjects } from './metric-questions.ts';
import type { WebhookSpec } from './webhook-questions.ts';

const revision: Revision = { id: '1-abc', image: 'cart:v2', port: 80 };
const app = { namespace: 'shop', name: 'cart' };
const subjects: Subjects = {
  secondary: { namespace: 'shop', workload: 'cart', service: 'cart-canary' },
  primary: { namespace: 'shop', workload: 'cart-primary', service: 'cart-primary' },
};

const spec = (fields: Partial<AnalysisSpec>): AnalysisSpec => ({
  intervalSeconds: 60,
  threshold: 5,
  metrics: [],
  success: [],
  webhooks: [],
  onNoData: 'fail',
  onTooFewSamples: 'hold',
  onProviderError: 'fail',
  ...fields,
});
const metric = (fields: Partial<MetricSpec>): MetricSpec => ({ name: 'errors', intervalSeconds: 60, ...fields });
const hook = (fields: Partial<WebhookSpec>): WebhookSpec => ({
  name: 'smoke',
  url: 'http://tester.shop.svc/run',
  when: 'during',
  timeoutSeconds: 10,
  ...fields,
});

const successRate = metric({ name: 'request-success-rate', min: 99 });
const duration = metric({ name: 'request-duration', max: 500 });

const inquire = (analysis: Partial<AnalysisSpec>, moment: Partial<Moment> = {}) =>
  metricAnalysis(app, spec(analysis), subjects).inquire({ revision, when: 'during', now: 1_000_000, ...moment });

const value = (number: number): Answer => ({ kind: 'value', value: number });

describe('the analysis of spec.analysis', () => {
  it('asks each metric and each webhook of the moment, and nothing else', () => {
    const webhooks = [hook({}), hook({ name: 'gate', when: 'before' }), hook({ name: 'news', when: 'after' })];
    const fields = (when: Moment['when']): readonly string[] =>
      inquire({ metrics: [successRate, duration], webhooks }, { when }).questions.map(({ field }) => field);
    expect(fields('before')).toEqual(['url of webhook gate', 'prometheusURL', 'prometheusURL']);
    expect(fields('during')).toEqual(['url of webhook smoke', 'prometheusURL', 'prometheusURL']);
    expect(fields('after')).toEqual(['url of webhook news']);
  });

  it('gives each part its own answers', () => {
    const inquiry = inquire({
      webhooks: [hook({})],
      metrics: [
        metric({ name: 'a', query: '{{ workload }}', compareTo: 'primary', max: 10, minimumRequests: 5 }),
        metric({ name: 'b', query: '{{ pod }}', max: 1 }),
        metric({ name: 'c', query: 'c', min: 7 }),
      ],
    });
    expect(inquiry.questions).toHaveLength(1 + 4 + 0 + 1);
    const finding = inquiry.judge([{ kind: 'accepted' }, value(6), value(4), value(9), value(9), value(6)]);
    expect(finding.measured).toEqual([
      { name: 'webhook smoke', verdict: 'pass' },
      { name: 'a', verdict: 'breach', value: 50 },
      { name: 'b', verdict: 'error' },
      { name: 'c', verdict: 'breach', value: 6 },
    ]);
    expect(finding.detail).toBe(
      'a: 50 % against primary is above max 10; c: 6 is below min 7; b: the query has an unknown placeholder {{ pod }}; known are namespace, workload, service, interval',
    );
  });

  it('asks as many questions, of the same URLs, at every moment', () => {
    const metrics = [
      successRate,
      metric({ query: 'x[{{ interval }}]', minimumRequests: 3, compareTo: 'primary', max: 1 }),
    ];
    const urls = (now: number) => inquire({ metrics }, { now, since: 1_000_000 }).questions.map(({ url }) => url);
    expect(urls(1_000_001)).toEqual(urls(2_000_000));
  });

  // Argo: a run that was ended before anything was measured was Successful.
  it('never passes without the answers', () => {
    const inquiry = inquire({ metrics: [successRate], webhooks: [hook({})] });
    expect(inquiry.judge([]).verdict).toBe('error');
    expect(inquiry.judge([{ kind: 'accepted' }]).verdict).toBe('error');
  });

  // Argo and Flagger: nothing to measure was a pass.
  it('has no data when there is nothing to judge by', () => {
    const inquiry = inquire({});
    expect(inquiry.questions).toEqual([]);
    expect(inquiry.judge([])).toMatchObject({
      verdict: 'noData',
      detail: 'analysis: spec.analysis has no metrics to judge the release by',
    });
    expect(inquire({}, { when: 'before' }).judge([]).verdict).toBe('pass');
    expect(inquire({ webhooks: [hook({ when: 'before' })] }).judge([]).verdict).toBe('noData');
  });

  it.each<[string, Answer, string]>([
    ['a bad value, which is another revision’s', value(50), 'pass'],
    ['no data', { kind: 'empty' }, 'pass'],
    ['an address that must not be asked', { kind: 'forbidden', explanation: 'no' }, 'forbidden'],
    ['a provider that does not answer', { kind: 'error', errorClass: 'timeout' }, 'error'],
  ])('before the first weight finds with %s: %s', (_name, answer, verdict) => {
    const finding = inquire({ metrics: [successRate] }, { when: 'before' }).judge([answer]);
    expect(finding.verdict).toBe(verdict);
    expect(finding.measured.every((part) => part.value === undefined)).toBe(true);
  });

  it('finds several series to be an error, and never a pass', () => {
    const errorClass = 'the query has 2 series, and must have one: aggregate it';
    const finding = inquire({ metrics: [metric({ query: 'q', max: 1 })] }).judge([{ kind: 'error', errorClass }]);
    expect(finding).toMatchObject({ verdict: 'error', detail: `errors: ${errorClass}` });
  });
});

describe('a webhook', () => {
  it.each<[Moment['when'], Partial<Moment>, string]>([
    ['before', {}, 'Starting'],
    ['during', {}, 'Shifting'],
    ['after', { outcome: 'Promoted' }, 'Promoted'],
    ['after', { outcome: 'Failed' }, 'Failed'],
    ['after', { outcome: 'Cancelled' }, 'Cancelled'],
  ])('%s is told %j as the phase %s', (when, moment, phase) => {
    const { questions } = inquire({ webhooks: [hook({ when, timeoutSeconds: 30 })] }, { when, ...moment });
    const [question] = questions;
    if (question?.kind !== 'webhook') throw new Error('it asks no webhook');
    expect(question).toMatchObject({ url: 'http://tester.shop.svc/run', timeoutMs: 30_000 });
    expect(JSON.parse(question.body)).toEqual({
      name: 'cart',
      namespace: 'shop',
      revision: '1-abc',
      phase,
      metadata: {},
    });
  });

  it('gets the metadata as it is', () => {
    const metadata = { cmd: 'hey -z 1m http://cart-canary.shop/', quote: '"' };
    const [question] = inquire({ webhooks: [hook({ metadata })] }).questions;
    expect(question?.kind === 'webhook' && (JSON.parse(question.body) as unknown)).toMatchObject({ metadata });
  });

  it.each<[Answer, string, string]>([
    [{ kind: 'accepted' }, 'pass', 'webhook smoke: accepted'],
    [{ kind: 'refused', status: 500 }, 'breach', 'webhook smoke: refused (HTTP 500)'],
    [{ kind: 'error', errorClass: 'timeout' }, 'error', 'webhook smoke: timeout'],
    [{ kind: 'forbidden', explanation: 'no' }, 'forbidden', 'webhook smoke: no'],
    [{ kind: 'value', value: 1 }, 'error', 'webhook smoke: no answer'],
  ])('that gives %j is %s', (answer, verdict, detail) => {
    for (const when of ['before', 'during', 'after'] as const) {
      const finding = inquire({ webhooks: [hook({ when })] }, { when }).judge([answer]);
      expect(finding).toMatchObject({ verdict, detail });
    }
  });
});

describe('the analysis of a release, on samples', () => {
  const canary: Served = { workload: 'cart', service: 'cart-canary' };
  const primary: Served = { workload: 'cart-primary', service: 'cart-primary' };

  async function check(mesh: SampledMesh, metrics: readonly MetricSpec[], since?: number): Promise<Finding> {
    const now = mesh.env.clock.now();
    const moment = { revision, when: 'during', now, ...(since === undefined ? {} : { since }) } as const;
    const inquiry = metricAnalysis(app, spec({ metrics }), subjects).inquire(moment);
    const { signal } = new AbortController();
    return inquiry.judge(await Promise.all(inquiry.questions.map((question) => mesh.provider.ask(question, signal))));
  }

  it('passes a good one', async () => {
    const mesh = new SampledMesh();
    await mesh.serve(90, { ...canary, perSecond: 5 }, { ...primary, code: 500, perSecond: 50 });
    const finding = await check(mesh, [successRate, duration]);
    expect(finding.verdict).toBe('pass');
    expect(finding.detail).toBe('request-success-rate: 100; request-duration: 24.85');
  });

  it('fails one that is slow', async () => {
    const mesh = new SampledMesh();
    await mesh.serve(90, { ...canary, perSecond: 5, durationMs: 900 }, { ...primary, perSecond: 50 });
    const finding = await check(mesh, [successRate, duration]);
    expect(finding).toMatchObject({ verdict: 'breach', detail: 'request-duration: 995 is above max 500' });
  });

  it('fails one that is worse than primary, although both are within what is usual', async () => {
    const mesh = new SampledMesh();
    await mesh.serve(
      90,
      { ...canary, perSecond: 90 },
      { ...canary, code: 500, perSecond: 10 },
      { ...primary, perSecond: 100 },
    );
    const compared = metric({ name: 'request-success-rate', min: -5, compareTo: 'primary' });
    expect(await check(mesh, [compared])).toMatchObject({
      verdict: 'breach',
      detail: 'request-success-rate: -10 % against primary is below min -5',
    });
  });

  it('has too few samples, and no breach, when hardly anybody asks', async () => {
    const mesh = new SampledMesh();
    mesh.announce(canary);
    await mesh.serve(60, { ...canary, perSecond: 0 }, { ...primary, perSecond: 50 });
    await mesh.serve(3, { ...canary, code: 500, perSecond: 1 }, { ...primary, perSecond: 50 });
    const finding = await check(mesh, [metric({ name: 'request-success-rate', min: 99, minimumRequests: 10 })]);
    expect(finding).toMatchObject({ verdict: 'tooFewSamples' });
    expect(finding.detail).toMatch(/^request-success-rate: \d of 10 requests$/);
  });

  it('does not blame a revision for the errors of the one before it', async () => {
    const mesh = new SampledMesh();
    await mesh.serve(30, { ...canary, code: 500, perSecond: 10 }, { ...canary, perSecond: 0 });
    const since = mesh.env.clock.now();
    await mesh.serve(20, { ...canary, perSecond: 10 });
    expect((await check(mesh, [successRate], since)).verdict).toBe('pass');
    expect((await check(mesh, [successRate])).verdict).toBe('breach');
  });

  it('refuses several series of a custom query', async () => {
    const mesh = new SampledMesh();
    await mesh.serve(10, { ...canary, perSecond: 5, pod: 'a' }, { ...canary, perSecond: 5, pod: 'b' });
    const query = 'istio_requests_total{destination_workload="{{ workload }}",reporter="source"}';
    expect(await check(mesh, [metric({ query, min: 0 })])).toMatchObject({
      verdict: 'error',
      detail: 'errors: the query has 2 series, and must have one: aggregate it',
    });
    expect((await check(mesh, [metric({ query: `sum(${query})`, min: 0 })])).verdict).toBe('pass');
  });
});
