import { describe, expect, it } from 'vitest';

import { deploymentOf, installApplication, startCluster } from '../../test/virtual-cluster.ts';
import { deploymentKind } from '../kinds/apps-v1.ts';

describe('the world', () => {
  it('brings a Deployment up and serves it through the ingress', async () => {
    const cluster = startCluster({ istio: true });
    await installApplication(cluster);
    expect(cluster.deployment('app-primary').status).toMatchObject({
      replicas: 2,
      readyReplicas: 2,
      availableReplicas: 2,
    });
    const response = await answer(
      cluster.env.time,
      cluster.world.ingress.fetch({ host: 'localhost:8090', path: '/hello' }),
    );
    expect(response).toMatchObject({ status: 200, body: 'Hello! v1' });
    await cluster.stop();
  });

  it('is quiet when nothing happens', async () => {
    const cluster = startCluster({ istio: true });
    await installApplication(cluster);
    expect(cluster.env.time.pending).toBe(0);
    await cluster.stop();
  });

  it('leaves no timer behind when it stops in the middle', async () => {
    const cluster = startCluster({ istio: true });
    cluster.api.create(deploymentKind, deploymentOf('web', 'sample-server:v1', { replicas: 3 }));
    await cluster.env.time.advance(400);
    await cluster.stop();
    await cluster.env.time.settle();
    expect(cluster.env.time.pending).toBe(0);
  });

  it('leaves no timer behind when it stops while pods are stopping', async () => {
    const cluster = startCluster();
    cluster.api.create(deploymentKind, deploymentOf('web', 'sample-server:v1', { replicas: 2 }));
    await cluster.untilRolledOut('web');
    cluster.api.delete(deploymentKind, { namespace: 'default', name: 'web' });
    await cluster.env.time.advance(1000);
    await cluster.stop();
    await cluster.env.time.settle();
    expect(cluster.env.time.pending).toBe(0);
  });
});

async function answer<T>(time: { advance(ms: number): Promise<void> }, promise: Promise<T>): Promise<T> {
  await time.advance(1000);
  return promise;
}
