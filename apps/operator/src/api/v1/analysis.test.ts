import { describe, expect, it } from 'vitest';

import { validateObject } from '@canaryop/reconcile/validation';
import { CanaryApp } from './canaryapp.ts';

type Fields = Readonly<Record<string, unknown>>;

const analysed = (analysis: Fields, spec: Fields = {}) => ({
  apiVersion: 'canary.atze.io/v1',
  kind: 'CanaryApp',
  metadata: { name: 'cart', namespace: 'shop' },
  spec: {
    targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'cart' },
    service: { port: 80 },
    analysis,
    ...spec,
  },
});
const withMetric = (metric: Fields) => analysed({ metrics: [metric] });
const withWebhook = (webhook: Fields) => analysed({ webhooks: [{ name: 'smoke', when: 'during', ...webhook }] });

describe('spec.analysis', () => {
  it.each<[string, Fields]>([
    ['no metrics', analysed({})],
    [
      'the built-in metrics',
      analysed({
        metrics: [
          { name: 'request-success-rate', min: 99 },
          { name: 'request-duration', max: 500 },
        ],
      }),
    ],
    ['a query', withMetric({ name: 'errors', query: 'sum(errors{w="{{ workload }}"})', min: 0, max: 0 })],
    [
      'a document',
      withMetric({ name: 'errors', url: 'http://m.shop.svc/x?y=1', jsonPath: '.data[0].value-1', max: 1 }),
    ],
    ['a comparison', withMetric({ name: 'request-duration', compareTo: 'primary', max: 20, minimumRequests: 50 })],
    ['a webhook', withWebhook({ url: 'http://tester.shop.svc/run', metadata: { cmd: 'hey' } })],
  ])('may have %s', (_name, app) => {
    expect(validateObject(CanaryApp, app)).toEqual([]);
  });

  it.each<[string, Fields, string]>([
    ['a metric without a bound', withMetric({ name: 'request-duration' }), 'min or max is required'],
    [
      'bounds that nothing is within',
      withMetric({ name: 'request-duration', min: 2, max: 1 }),
      'no value is at least min and at most max',
    ],
    [
      'a metric of its own without a query',
      withMetric({ name: 'errors', max: 1 }),
      'query or url is required for a metric that is not built in',
    ],
    [
      'a built-in metric with a query',
      withMetric({ name: 'request-duration', query: 'q', max: 1 }),
      'a built-in metric has no query and no url; give yours another name',
    ],
    [
      'a query and a document',
      withMetric({ name: 'e', query: 'q', url: 'http://a.svc/', jsonPath: '.a', max: 1 }),
      'query and url exclude each other',
    ],
    [
      'a document without a path',
      withMetric({ name: 'e', url: 'http://a.svc/', max: 1 }),
      'url and jsonPath go together',
    ],
    [
      'a document of primary',
      withMetric({ name: 'e', url: 'http://a.svc/', jsonPath: '.a', compareTo: 'primary', max: 1 }),
      'a document cannot be asked about primary: compareTo needs a query',
    ],
    [
      'an image',
      analysed(
        {},
        {
          targetRef: undefined,
          image: 'a:v1',
          imageListenPort: 80,
          replicas: 1,
          testReplicas: 1,
          prometheusQuery: '',
          prometheusURL: '',
        },
      ),
      'analysis goes with targetRef; with image, prometheusQuery judges',
    ],
  ])('may not have %s', (_name, app, message) => {
    const plain = JSON.parse(JSON.stringify(app)) as unknown;
    expect(validateObject(CanaryApp, plain).map((error) => error.message)).toEqual([message]);
  });

  it.each<[string, Fields, string]>([
    [
      'credentials in a URL',
      withWebhook({ url: 'http://me:secret@tester.shop.svc/' }),
      'spec.analysis.webhooks[0].url',
    ],
    [
      'a URL that is none',
      withMetric({ name: 'e', url: 'file:///etc/passwd', jsonPath: '.a', max: 1 }),
      'spec.analysis.metrics[0].url',
    ],
    [
      'a path that is a program',
      withMetric({ name: 'e', url: 'http://a.svc/', jsonPath: '.a[?(@.b)]', max: 1 }),
      'spec.analysis.metrics[0].jsonPath',
    ],
    [
      'a webhook that takes an hour',
      withWebhook({ url: 'http://tester.shop.svc/', timeoutSeconds: 3600 }),
      'spec.analysis.webhooks[0].timeoutSeconds',
    ],
    [
      'a comparison with anything else',
      withMetric({ name: 'request-duration', max: 1, compareTo: 'baseline' }),
      'spec.analysis.metrics[0].compareTo',
    ],
  ])('may not have %s either', (_name, app, path) => {
    expect(validateObject(CanaryApp, app).map((error) => error.path)).toEqual([path]);
  });

  it('has a stated default for each policy', () => {
    expect(CanaryApp.withDefaults(analysed({}) as never).spec.analysis).toEqual({
      intervalSeconds: 60,
      threshold: 5,
      metrics: [],
      success: [],
      webhooks: [],
      onNoData: 'fail',
      onTooFewSamples: 'hold',
      onProviderError: 'fail',
    });
  });
});
