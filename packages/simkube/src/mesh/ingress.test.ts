import { describe, expect, it } from 'vitest';

import { steadyTraffic } from '../../test/steady-traffic.ts';
import {
  deploymentOf,
  installApplication,
  routing,
  startCluster,
  type VirtualCluster,
} from '../../test/virtual-cluster.ts';
import { definitionKind } from '../kinds/apiextensions-v1.ts';
import { deploymentKind } from '../kinds/apps-v1.ts';
import { virtualServiceKind } from '../kinds/istio-v1.ts';
import { istioDefinitions } from '../world/cluster.ts';

async function status(cluster: VirtualCluster, path = '/hello'): Promise<string> {
  const answer = cluster.world.ingress.fetch({ host: 'localhost:8090', path });
  await cluster.env.time.advance(20);
  const { status: code, body } = await answer;
  return `${code} ${body}`;
}

const app = { namespace: 'default', name: 'app' };

describe('the ingress', () => {
  it('follows a change of configuration after the lag, and not before', async () => {
    const cluster = startCluster({ istio: true, lags: { configMs: 1000 } });
    await installApplication(cluster);
    cluster.api.delete(virtualServiceKind, app);
    await cluster.env.time.advance(900);
    expect(await status(cluster)).toBe('200 Hello! v1');
    await cluster.env.time.advance(100);
    expect(await status(cluster)).toBe('404 ');
    await cluster.stop();
  });

  it('learns of endpoints after their own lag', async () => {
    const cluster = startCluster({ istio: true, lags: { endpointsMs: 5000 } });
    await installApplication(cluster);
    const labels = { app: 'app', service: 'secondary' };
    cluster.api.create(deploymentKind, deploymentOf('app-secondary', 'sample-server:v2', { labels }));
    await cluster.untilRolledOut('app-secondary');
    cluster.setWeights(0, 100);
    await cluster.env.time.advance(4500);
    expect(await status(cluster)).toBe('503 no healthy upstream');
    await cluster.env.time.advance(600);
    expect(await status(cluster)).toBe('200 Hello! v2');
    await cluster.stop();
  });

  it('spreads requests over the pods of a workload, and over workloads by weight', async () => {
    const cluster = startCluster({ istio: true });
    await installApplication(cluster);
    const labels = { app: 'app', service: 'secondary' };
    cluster.api.create(deploymentKind, deploymentOf('app-secondary', 'sample-server:v2', { labels }));
    await cluster.untilRolledOut('app-secondary');
    await cluster.env.time.advance(300);
    cluster.setWeights(70, 30);
    await cluster.env.time.advance(300);
    const traffic = steadyTraffic(cluster, 5);
    await cluster.env.time.advance(10_000);
    const { answers, failed, sent } = await traffic.stop();
    expect(failed).toBe(0);
    expect((answers.get('Hello! v2') ?? 0) / sent).toBeCloseTo(0.3, 1);
    await cluster.stop();
  });

  it('measures by workload, in the series that the README asks for', async () => {
    const cluster = startCluster({ istio: true });
    await installApplication(cluster);
    for (let at = 0; at < 3; at += 1) await status(cluster, '/nothello');
    const errors = cluster.world
      .collect()
      .filter(({ name, labels }) => name === 'istio_requests_total' && labels['response_code'] === '500')
      .filter(({ labels }) => labels['destination_service_name'] === 'app');
    expect(errors.map(({ labels, value }) => [labels['reporter'], labels['destination_workload'], value])).toEqual([
      ['source', 'app-primary', 3],
      ['destination', 'app-primary', 3],
    ]);
    await cluster.stop();
  });

  it('shows a workload at 0 before its first request', async () => {
    const cluster = startCluster({ istio: true });
    await installApplication(cluster);
    const samples = cluster.world.collect().filter(({ name }) => name === 'istio_requests_total');
    expect(samples.map(({ labels, value }) => [labels['response_code'], value])).toEqual([
      ['200', 0],
      ['200', 0],
      ['500', 0],
      ['500', 0],
    ]);
    await cluster.stop();
  });

  it('works when the CRDs of Istio come later, and forgets what goes with them', async () => {
    const cluster = startCluster();
    expect(await status(cluster)).toBe('404 ');
    for (const definition of istioDefinitions()) cluster.api.create(definitionKind, definition);
    await cluster.env.time.advance(1000);
    await installApplication(cluster);
    expect(await status(cluster)).toBe('200 Hello! v1');
    cluster.api.delete(definitionKind, { name: 'virtualservices.networking.istio.io' });
    await cluster.env.time.advance(1000);
    expect(await status(cluster)).toBe('404 ');
    const again = istioDefinitions().find(({ metadata }) => metadata.name === 'virtualservices.networking.istio.io');
    if (again === undefined) throw new Error('no definition of VirtualServices');
    cluster.api.create(definitionKind, again);
    await cluster.env.time.advance(1000);
    cluster.api.create(virtualServiceKind, routing.virtualService);
    await cluster.env.time.advance(1000);
    expect(await status(cluster)).toBe('200 Hello! v1');
    await cluster.stop();
  });
});
