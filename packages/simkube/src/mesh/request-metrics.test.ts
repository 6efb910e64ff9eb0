import { VirtualTime } from '@canaryop/reconcile/testing';
import { describe, expect, it } from 'vitest';

import type { MetricSample } from '../prometheus/metric-sample.ts';
import { RequestMetrics } from './request-metrics.ts';

const service = { host: 'app.default.svc.cluster.local', name: 'app', namespace: 'default' };
const workload = {
  name: 'app-secondary',
  namespace: 'default',
  app: 'app',
  version: 'unknown',
  canonicalService: 'app',
  canonicalRevision: 'latest',
};
const total = (samples: readonly MetricSample[]) => samples.filter(({ name }) => name === 'istio_requests_total');

describe('metrics of the mesh', () => {
  it('carry the labels of Istio, from the ingress and from the workload', () => {
    const metrics = new RequestMetrics(new VirtualTime());
    metrics.record({ status: 200, flag: '-', durationMs: 3, service, workload });
    const [source, destination] = total(metrics.collect());
    expect(source).toEqual({
      name: 'istio_requests_total',
      type: 'counter',
      value: 1,
      labels: {
        reporter: 'source',
        source_workload: 'istio-ingressgateway',
        source_workload_namespace: 'istio-system',
        source_principal: 'unknown',
        source_app: 'istio-ingressgateway',
        source_version: 'unknown',
        source_cluster: 'Kubernetes',
        source_canonical_service: 'istio-ingressgateway',
        source_canonical_revision: 'latest',
        destination_workload: 'app-secondary',
        destination_workload_namespace: 'default',
        destination_principal: 'unknown',
        destination_app: 'app',
        destination_version: 'unknown',
        destination_service: 'app.default.svc.cluster.local',
        destination_service_name: 'app',
        destination_service_namespace: 'default',
        destination_cluster: 'Kubernetes',
        destination_canonical_service: 'app',
        destination_canonical_revision: 'latest',
        request_protocol: 'http',
        response_code: '200',
        grpc_response_status: '',
        response_flags: '-',
        connection_security_policy: 'unknown',
      },
    });
    expect(destination?.labels).toMatchObject({ reporter: 'destination', connection_security_policy: 'none' });
  });

  it('start the 200 and 500 series of a workload at 0, once', () => {
    const metrics = new RequestMetrics(new VirtualTime());
    metrics.announce(service, workload);
    metrics.record({ status: 500, flag: '-', durationMs: 3, service, workload });
    metrics.announce(service, workload);
    const values = total(metrics.collect()).map(({ labels, value }) => {
      return `${labels['reporter']} ${labels['response_code']} ${value}`;
    });
    expect(values.sort((left, right) => left.localeCompare(right))).toEqual([
      'destination 200 0',
      'destination 500 1',
      'source 200 0',
      'source 500 1',
    ]);
  });

  it('count what never reached a workload at the ingress alone', () => {
    const metrics = new RequestMetrics(new VirtualTime());
    metrics.record({ status: 503, flag: 'UH', durationMs: 0, service, workload: undefined });
    metrics.record({ status: 503, flag: 'NC', durationMs: 0, service: undefined, workload: undefined });
    const samples = total(metrics.collect());
    expect(samples.map(({ labels }) => labels['reporter'])).toEqual(['source', 'source']);
    expect(samples[0]?.labels).toMatchObject({
      destination_workload: 'unknown',
      destination_service_name: 'app',
      response_flags: 'UH',
    });
    expect(samples[1]?.labels).toMatchObject({ destination_service: 'unknown', response_flags: 'NC' });
  });

  it('have cumulative buckets, a sum and a count', () => {
    const metrics = new RequestMetrics(new VirtualTime());
    for (const durationMs of [0.2, 5, 7, 4_000_000]) {
      metrics.record({ status: 200, flag: '-', durationMs, service, workload: undefined });
    }
    const samples = metrics.collect().filter(({ type }) => type === 'histogram');
    const of = (le: string): number | undefined => samples.find(({ labels }) => labels['le'] === le)?.value;
    expect([of('0.5'), of('1'), of('5'), of('10'), of('3600000'), of('+Inf')]).toEqual([1, 1, 2, 3, 3, 4]);
    expect(samples.find(({ name }) => name.endsWith('_sum'))?.value).toBe(4_000_012.2);
    expect(samples.find(({ name }) => name.endsWith('_count'))?.value).toBe(4);
  });

  it('forget a series that nobody has touched for an hour', async () => {
    const time = new VirtualTime();
    const metrics = new RequestMetrics(time);
    metrics.announce(service, workload);
    await time.advance(3_599_000);
    expect(metrics.collect()).not.toEqual([]);
    await time.advance(2000);
    expect(metrics.collect()).toEqual([]);
  });
});
