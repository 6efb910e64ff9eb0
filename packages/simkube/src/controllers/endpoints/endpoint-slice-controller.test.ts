import { describe, expect, it } from 'vitest';

import { deploymentOf, startCluster, type VirtualCluster } from '../../../test/virtual-cluster.ts';
import { deploymentKind } from '../../kinds/apps-v1.ts';
import { endpointsKind, podKind, serviceKind, type Pod, type Service } from '../../kinds/core-v1.ts';
import { endpointSliceKind, type EndpointSlice } from '../../kinds/discovery-v1.ts';
import { endpointSlicesOf } from './endpoint-slices.ts';

const service: Service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'default', uid: 'u1' },
  spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
};

const slices = (cluster: VirtualCluster): readonly EndpointSlice[] =>
  cluster.api.list(endpointSliceKind, { namespace: 'default', labelSelector: 'kubernetes.io/service-name=web' });

const endpoints = (cluster: VirtualCluster) => slices(cluster).flatMap((slice) => slice.endpoints);

async function startWeb(image = 'sample-server:v1'): Promise<VirtualCluster> {
  const cluster = startCluster();
  cluster.api.create(serviceKind, { ...service, metadata: { name: 'web', namespace: 'default' } });
  cluster.api.create(deploymentKind, deploymentOf('web', image, { replicas: 2 }));
  await cluster.env.time.advance(5000);
  return cluster;
}

describe('the endpoints of a Service', () => {
  it('are its ready pods, at the number of the named port', async () => {
    const cluster = await startWeb();
    expect(slices(cluster)).toHaveLength(1);
    expect(slices(cluster)[0]).toMatchObject({
      addressType: 'IPv4',
      ports: [{ name: 'http', port: 8088, protocol: 'TCP' }],
      metadata: { ownerReferences: [{ kind: 'Service', name: 'web' }] },
    });
    expect(endpoints(cluster).map(({ conditions }) => conditions)).toEqual([
      { ready: true, serving: true, terminating: false },
      { ready: true, serving: true, terminating: false },
    ]);
    await cluster.stop();
  });

  it('are in the older form, too, which goes with the Service', async () => {
    const cluster = await startWeb();
    const key = { namespace: 'default', name: 'web' };
    const addresses = cluster.pods().map((pod) => pod.status?.podIP);
    const [subset] = cluster.api.get(endpointsKind, key)?.subsets ?? [];
    expect(new Set(subset?.addresses?.map(({ ip }) => ip))).toEqual(new Set(addresses));
    expect(subset?.ports).toEqual([{ name: 'http', port: 8088, protocol: 'TCP' }]);
    const [pod] = cluster.pods();
    cluster.api.delete(podKind, { namespace: 'default', name: pod?.metadata.name ?? '' });
    await cluster.env.time.advance(50);
    expect(cluster.api.get(endpointsKind, key)?.subsets?.[0]?.addresses).toHaveLength(1);
    cluster.api.delete(serviceKind, key);
    await cluster.env.time.advance(1000);
    expect(cluster.api.get(endpointsKind, key)).toBeUndefined();
    await cluster.stop();
  });

  it('are not ready while the pod is not', async () => {
    const cluster = await startWeb('app:never-ready');
    expect(endpoints(cluster).map(({ conditions }) => conditions?.ready)).toEqual([false, false]);
    await cluster.stop();
  });

  it('are terminating, serving and not ready from the moment that the pod is deleted', async () => {
    const cluster = await startWeb();
    const [pod] = cluster.pods();
    cluster.api.delete(podKind, { namespace: 'default', name: pod?.metadata.name ?? '' });
    await cluster.env.time.advance(50);
    const found = endpoints(cluster).find(({ targetRef }) => targetRef?.uid === pod?.metadata.uid);
    expect(found?.conditions).toEqual({ ready: false, serving: true, terminating: true });
    await cluster.env.time.advance(10_000);
    expect(endpoints(cluster).some(({ targetRef }) => targetRef?.uid === pod?.metadata.uid)).toBe(false);
    await cluster.stop();
  });

  it('lose a pod whose labels no longer match', async () => {
    const cluster = await startWeb();
    const [pod] = cluster.pods();
    if (pod === undefined) throw new Error('no pod');
    cluster.api.update(podKind, { ...pod, metadata: { ...pod.metadata, labels: { app: 'other' } } });
    await cluster.env.time.advance(50);
    expect(endpoints(cluster).some(({ targetRef }) => targetRef?.uid === pod.metadata.uid)).toBe(false);
    await cluster.stop();
  });

  it('are put back when someone deletes a slice, and go with their Service', async () => {
    const cluster = await startWeb();
    const name = slices(cluster)[0]?.metadata.name ?? '';
    cluster.api.delete(endpointSliceKind, { namespace: 'default', name });
    await cluster.env.time.advance(100);
    expect(slices(cluster)).toHaveLength(1);
    cluster.api.delete(serviceKind, { namespace: 'default', name: 'web' });
    await cluster.env.time.advance(1000);
    expect(slices(cluster)).toEqual([]);
    await cluster.stop();
  });

  it('are in one slice for each number that a port name has', () => {
    const pod = (name: string, containerPort: number): Pod => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default', labels: { app: 'web' }, uid: name },
      spec: { containers: [{ name: 'main', ports: [{ name: 'http', containerPort }] }] },
      status: { podIP: `10.244.0.${containerPort % 250}` },
    });
    const found = endpointSlicesOf(service, [pod('a', 8088), pod('b', 9090), pod('c', 8088)]);
    expect(found.map(({ ports, endpoints: each }) => [ports?.[0]?.port, each.length])).toEqual([
      [8088, 2],
      [9090, 1],
    ]);
    expect(new Set(found.map(({ metadata }) => metadata.name)).size).toBe(2);
  });

  it('ignore pods without address, finished pods, and everything when there is no selector', () => {
    const pod: Pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'a', namespace: 'default', labels: { app: 'web' } },
      spec: { containers: [{ name: 'main', ports: [{ name: 'http', containerPort: 1 }] }] },
    };
    expect(endpointSlicesOf(service, [pod])).toEqual([]);
    expect(endpointSlicesOf(service, [{ ...pod, status: { podIP: '10.244.0.1', phase: 'Succeeded' } }])).toEqual([]);
    const selectorless = { ...service, spec: { ...service.spec, selector: {} } };
    expect(endpointSlicesOf(selectorless, [{ ...pod, status: { podIP: '10.244.0.1' } }])).toEqual([]);
  });
});
