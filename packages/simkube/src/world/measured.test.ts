import { describe, expect, it } from 'vitest';

import { steadyTraffic } from '../../test/steady-traffic.ts';
import { installApplication, startCluster } from '../../test/virtual-cluster.ts';
import { EmbeddedPrometheus } from '../prometheus/embedded-prometheus.ts';

const errors = (name: string): string =>
  `increase(istio_requests_total{destination_service_name="${name}",response_code=~"5.*"}[20s]) > 2`;

async function query(prometheus: EmbeddedPrometheus, expression: string): Promise<number> {
  const response = await prometheus.transport().request({
    method: 'GET',
    url: `http://prometheus/api/v1/query?query=${encodeURIComponent(expression)}`,
    headers: {},
  });
  let text = '';
  for await (const chunk of response.body) text += new TextDecoder().decode(chunk);
  return (JSON.parse(text) as { data: { result: readonly unknown[] } }).data.result.length;
}

describe('the query of the README', () => {
  it('has no result while requests succeed, and one per reporter when they fail', async () => {
    const cluster = startCluster({ istio: true });
    const { env, world } = cluster;
    const prometheus = new EmbeddedPrometheus(env);
    prometheus.scraper.add({ job: 'mesh', instance: 'world', collect: () => world.collect() });
    prometheus.scraper.start();
    await installApplication(cluster);
    const traffic = steadyTraffic(cluster);
    await env.time.advance(20_000);
    expect(await query(prometheus, errors('app'))).toBe(0);
    for (let sent = 0; sent < 5; sent += 1) {
      const answer = world.ingress.fetch({ host: 'localhost', path: '/nothello' });
      await env.time.advance(500);
      expect((await answer).status).toBe(500);
    }
    await env.time.advance(2000);
    expect(await query(prometheus, errors('app'))).toBe(2);
    expect(await query(prometheus, errors('other'))).toBe(0);
    await env.time.advance(20_000);
    expect(await query(prometheus, errors('app'))).toBe(0);
    await traffic.stop();
    prometheus.scraper.stop();
    await cluster.stop();
  });
});
