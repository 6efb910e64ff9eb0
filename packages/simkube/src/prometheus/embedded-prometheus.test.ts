import { virtualEnv } from '@canaryop/reconcile/testing';
import { describe, expect, it } from 'vitest';

import { httpRequest } from '../../test/prometheus/http-request.ts';
import { EmbeddedPrometheus } from './embedded-prometheus.ts';
import type { MetricSample } from './metric-sample.ts';

const seedQuery =
  'increase(istio_requests_total{destination_service_name="canaryapp-sample",response_code=~"5.*"}[20s]) > 2';

function requests(code: string, value: number): MetricSample {
  const labels = { destination_service_name: 'canaryapp-sample', response_code: code };
  return { name: 'istio_requests_total', type: 'counter', labels, value };
}

describe('the embedded Prometheus in virtual time', () => {
  it("answers the sample's range query with nothing while requests succeed, and with the increase when they fail", async () => {
    const env = virtualEnv();
    const prometheus = new EmbeddedPrometheus(env);
    const counts = { ok: 0, failed: 0 };
    prometheus.scraper.add({
      job: 'mesh',
      instance: 'ingress',
      collect: () => [requests('200', counts.ok), requests('500', counts.failed)],
    });
    prometheus.scraper.start();
    const ask = async (): Promise<unknown> => {
      const end = env.clock.now() / 1000;
      const form = new URLSearchParams({ query: seedQuery, start: `${end - 20}`, end: `${end}`, step: '5' });
      const response = await prometheus.transport().request({
        method: 'POST',
        url: 'http://prometheus.istio-system.svc:9090/api/v1/query_range',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: form.toString(),
      });
      let text = '';
      for await (const chunk of response.body) text += new TextDecoder().decode(chunk);
      return JSON.parse(text);
    };
    const serve = async (seconds: number, fails: boolean): Promise<void> => {
      for (let second = 0; second < seconds; second += 1) {
        counts.ok += 10;
        counts.failed += fails ? 1 : 0;
        await env.time.advance(1000);
      }
    };

    await serve(30, false);
    expect(await ask()).toEqual({ status: 'success', data: { resultType: 'matrix', result: [] } });

    await serve(5, true);
    const metric = {
      destination_service_name: 'canaryapp-sample',
      instance: 'ingress',
      job: 'mesh',
      response_code: '500',
    };
    expect(await ask()).toEqual({
      status: 'success',
      data: { resultType: 'matrix', result: [{ metric, values: [[env.clock.now() / 1000, '5']] }] },
    });
    prometheus.scraper.stop();
    expect(env.time.pending).toBe(0);
  });

  it('serves the same API on a loopback port', async () => {
    const prometheus = new EmbeddedPrometheus(virtualEnv());
    const listener = await prometheus.listen();
    try {
      const { status, body } = await httpRequest(`${listener.url}/api/v1/query?query=1%2B1&time=12.5`);
      expect({ status, body: JSON.parse(body) }).toEqual({
        status: 200,
        body: { status: 'success', data: { resultType: 'scalar', result: [12.5, '2'] } },
      });
    } finally {
      await listener.close();
    }
  });
});
