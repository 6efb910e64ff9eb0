import { processEnv, sleep } from '@canaryop/reconcile/env';
import { describe, expect, it } from 'vitest';

import { listenOnLoopback } from '../../src/prometheus/http/loopback-listener.ts';
import type { MetricSample } from '../../src/prometheus/metric-sample.ts';
import { findPrometheus, startRealPrometheus } from '../../src/prometheus/real/real-prometheus.ts';
import { expositionHandler } from '../../src/prometheus/scrape/exposition-handler.ts';
import { httpRequest } from './http-request.ts';

const binary = await findPrometheus();
const { timers } = processEnv();

const samples: readonly MetricSample[] = [
  { name: 'requests_total', type: 'counter', labels: { path: 'a "b"\\\n', code: '200' }, value: 3 },
  { name: 'duration_bucket', type: 'histogram', labels: { le: '+Inf' }, value: 1 },
  { name: 'duration_sum', type: 'histogram', labels: {}, value: 0.25 },
  { name: 'duration_count', type: 'histogram', labels: {}, value: 1 },
];

describe.runIf(binary !== undefined)('a real Prometheus as a process (needs `prometheus` on PATH)', () => {
  it('scrapes what a world exposes, and is gone after stop', async () => {
    const target = await listenOnLoopback(expositionHandler(() => samples));
    const real = await startRealPrometheus({
      timers,
      binary: binary ?? '',
      targets: [{ job: 'mesh', address: `127.0.0.1:${target.port}`, instance: 'ingress' }],
      scrapeIntervalMs: 100,
    });
    const query = new URLSearchParams({ query: '{job="mesh", __name__=~"requests_total|duration_.*|up"}' });
    const ask = async (): Promise<unknown[]> => {
      const { body } = await httpRequest(`${real.url}/api/v1/query?${query.toString()}`);
      const answer = JSON.parse(body) as { data: { result: { metric: unknown; value: [number, string] }[] } };
      return answer.data.result.map(({ metric, value }) => [metric, value[1]]);
    };
    try {
      // A process of its own has its own time: there is nothing to wait on but its answer.
      for (let attempt = 0; attempt < 100 && (await ask()).length === 0; attempt += 1) await sleep(timers, 50);
      const common = { job: 'mesh', instance: 'ingress' };
      expect(new Set(await ask())).toEqual(
        new Set([
          [{ ...common, __name__: 'requests_total', path: 'a "b"\\\n', code: '200' }, '3'],
          [{ ...common, __name__: 'duration_bucket', le: '+Inf' }, '1'],
          [{ ...common, __name__: 'duration_sum' }, '0.25'],
          [{ ...common, __name__: 'duration_count' }, '1'],
          [{ ...common, __name__: 'up' }, '1'],
        ]),
      );
    } finally {
      await real.stop();
      await target.close();
    }
    await expect(ask()).rejects.toThrow('ECONNREFUSED');
  });

  it('tells why it did not start, with the end of its log', async () => {
    const taken = await listenOnLoopback(expositionHandler(() => []));
    const start = startRealPrometheus({ timers, binary: binary ?? '', targets: [], port: taken.port });
    await expect(start).rejects.toThrow(/ended with code 1 before it was ready[^]*address already in use/);
    await taken.close();
  });
});

describe('finding a real Prometheus', () => {
  it('finds nothing on a path without it', async () => {
    expect(await findPrometheus('/nonexistent')).toBeUndefined();
  });
});
