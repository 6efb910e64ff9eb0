import { describe, expect, it } from 'vitest';

import { readPayload } from './webhook-payload.ts';

const startsAt = '2026-01-01T00:00:10.123Z';

function firing(labels: object, more: object = {}): object {
  return { status: 'firing', labels: { alertname: 'SlowPod', ...labels }, startsAt, ...more };
}

function payload(alerts: readonly object[], more: object = {}): string {
  return JSON.stringify({ version: '4', status: 'firing', receiver: 'keeper', commonLabels: {}, alerts, ...more });
}

const shop = { namespace: 'shop', pod: 'shop-1' };
const named = (text: string): unknown => {
  const read = readPayload(text);
  return read.kind === 'named' ? read.pods.map(({ pod }) => `${pod.namespace}/${pod.name}`) : read.kind;
};

describe('a notification of Alertmanager', () => {
  it('names a pod, the alert and when it began', () => {
    expect(readPayload(payload([firing(shop)]))).toEqual({
      kind: 'named',
      pods: [{ pod: { namespace: 'shop', name: 'shop-1' }, alert: 'SlowPod', since: 1_767_225_610_123 }],
    });
  });

  it.each<[string, string, unknown]>([
    [
      'by kubernetes_pod_name of all alerts',
      payload([firing(shop)], { commonLabels: { kubernetes_pod_name: 'shop-2', namespace: 'shop' } }),
      ['shop/shop-2'],
    ],
    [
      'by kubernetes_pod_name of an alert before pod of all',
      payload([firing({ kubernetes_pod_name: 'shop-2', namespace: 'shop' })], { commonLabels: shop }),
      ['shop/shop-2'],
    ],
    ['by pod of all alerts', payload([firing({})], { commonLabels: shop }), ['shop/shop-1']],
    ['by pod of an alert', payload([firing(shop)]), ['shop/shop-1']],
    [
      'by the first alert that is firing',
      payload([firing(shop, { status: 'resolved' }), firing({ ...shop, pod: 'shop-2' })]),
      ['shop/shop-2'],
    ],
    [
      'each of them once, where alerts name several',
      payload([firing(shop), firing({ ...shop, pod: 'shop-2' }), firing({ ...shop, alertname: 'Other' })]),
      ['shop/shop-1', 'shop/shop-2'],
    ],
    [
      'with the namespace as the relabelling of the pod’s name has it',
      payload([firing({ kubernetes_pod_name: 'shop-2', kubernetes_namespace: 'shop', namespace: 'monitoring' })]),
      ['shop/shop-2'],
    ],
    [
      'at most twenty',
      payload(Array.from({ length: 30 }, (_, at) => firing({ ...shop, pod: `p-${at}` }))),
      { length: 20 },
    ],
  ])('names pods %s', (_how, text, expected) => {
    if (Array.isArray(expected)) expect(named(text)).toEqual(expected);
    else expect(named(text)).toMatchObject(expected as object);
  });

  it('is as young as the last alert about a pod', () => {
    const later = firing({ ...shop, alertname: 'Later' }, { startsAt: '2026-01-01T00:01:00Z' });
    expect(readPayload(payload([later, firing(shop)]))).toMatchObject({ pods: [{ alert: 'Later' }] });
    expect(readPayload(payload([firing(shop), later]))).toMatchObject({ pods: [{ alert: 'Later' }] });
  });

  it.each<[string, string]>([
    ['it is resolved', payload([firing(shop, { status: 'resolved' })], { status: 'resolved' })],
    ['no alert of it is firing', payload([firing(shop, { status: 'resolved' })])],
    ['it names no pod', payload([firing({ namespace: 'shop' })])],
    ['it names no namespace', payload([firing({ pod: 'shop-1' })])],
    ['it has no alerts', payload([])],
  ])('is not for us where %s', (_what, text) => {
    expect(readPayload(text)).toMatchObject({ kind: 'ignored', why: expect.any(String) });
  });

  it.each<[string, string]>([
    ['no JSON', 'hello'],
    ['no object', '[]'],
    ['of another version', payload([firing(shop)], { version: '3' })],
    ['without a list of alerts', payload([], { alerts: { length: 1 } })],
    ['with an alert that is none', payload([], { alerts: [1] })],
    ['with a pod in another path', payload([firing({ ...shop, pod: '../secrets/x' })])],
    ['with a namespace in another path', payload([firing({ ...shop, namespace: 'a/b' })])],
    ['with a name that is too long', payload([firing({ ...shop, pod: 'x'.repeat(254) })])],
  ])('is refused: %s', (_what, text) => {
    expect(readPayload(text)).toMatchObject({ kind: 'invalid', why: expect.any(String) });
  });

  it('takes names of our language’s own for labels that are not there', () => {
    const text =
      '{"version":"4","status":"firing","__proto__":{"commonLabels":{"pod":"a","namespace":"b"}},"alerts":[{"status":"firing"}]}';
    expect(readPayload(text).kind).toBe('ignored');
  });
});
