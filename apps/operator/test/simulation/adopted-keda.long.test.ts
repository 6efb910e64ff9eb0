import { resourceKind } from '@canaryop/reconcile/object';
import { afterEach, describe, expect, it } from 'vitest';

import { CanaryApp } from '../../src/api/v1/canaryapp.ts';
import { ScaledObject } from '../../src/targets/adopted/scaled-object.ts';
import { image, named, podinfo, podinfoCluster, type AdoptedSimulation } from './adopted-simulation.ts';

const Definition = resourceKind({
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
});
const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
const paused = 'autoscaling.keda.sh/paused-replicas';
const autoscalerRef = { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', name: 'podinfo' };
const triggers = [{ type: 'prometheus', metadata: { query: 'sum(rate(requests[1m]))' } }];

let simulation: AdoptedSimulation | undefined;

afterEach(async () => {
  await simulation?.stop();
  simulation = undefined;
});

/** A cluster with KEDA's kind, where podinfo is scaled by it, and adopted. */
async function scaled(annotations: Readonly<Record<string, string>> = {}): Promise<AdoptedSimulation> {
  const sim = await podinfoCluster();
  simulation = sim;
  const { loopback } = sim.cluster.server;
  const versions = [{ name: 'v1alpha1', served: true, storage: true, schema: { openAPIV3Schema: anything } }];
  loopback.create(Definition, {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'scaledobjects.keda.sh' },
    spec: {
      group: 'keda.sh',
      scope: 'Namespaced',
      names: { kind: 'ScaledObject', plural: 'scaledobjects', singular: 'scaledobject', listKind: 'ScaledObjectList' },
      versions,
    },
  } as never);
  await sim.env.time.advance(1_000);
  loopback.create(ScaledObject, {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: {
      ...podinfo,
      labels: { team: 'x', 'app.kubernetes.io/instance': 'podinfo' },
      annotations: { owner: 'x', 'argocd.argoproj.io/tracking-id': 'podinfo', ...annotations },
    },
    spec: { scaleTargetRef: { name: 'podinfo' }, minReplicaCount: 1, maxReplicaCount: 6, triggers },
  } as ScaledObject);
  sim.startOperator();
  sim.adopt({ autoscalerRef });
  await sim.untilAdopted('Released');
  return sim;
}

const objectOf = ({ cluster }: AdoptedSimulation, name = 'podinfo'): ScaledObject | undefined =>
  cluster.server.loopback.get(ScaledObject, named(name));
const pauseOf = (sim: AdoptedSimulation, name?: string): string | undefined =>
  objectOf(sim, name)?.metadata.annotations?.[paused];

describe('a ScaledObject of KEDA', () => {
  it('is copied for primary with its triggers, and paused at 0 while nothing is tried', async () => {
    const sim = await scaled();
    expect(objectOf(sim, 'podinfo-primary')?.spec).toEqual({
      scaleTargetRef: { name: 'podinfo-primary' },
      minReplicaCount: 1,
      maxReplicaCount: 6,
      triggers,
    });
    const { labels, annotations } = objectOf(sim, 'podinfo-primary')?.metadata ?? {};
    expect([labels, annotations]).toEqual([{ team: 'x' }, { owner: 'x' }]);
    expect([pauseOf(sim), pauseOf(sim, 'podinfo-primary')]).toEqual(['0', undefined]);
  });

  it('scales the target while a release runs, and takes no pods from primary meanwhile', async () => {
    const sim = await scaled();
    sim.sendRequests('/hello', 200);
    sim.release('v2');
    await sim.untilShare(10);
    expect([pauseOf(sim), pauseOf(sim, 'podinfo-primary')]).toEqual([undefined, undefined]);
    expect(objectOf(sim, 'podinfo-primary')?.spec.minReplicaCount).toBe(2);
    await sim.untilAdopted('Released');
    expect(sim.adopted()?.status?.releasedImage).toBe(image('v2'));
    expect(pauseOf(sim)).toBe('0');
    expect(objectOf(sim, 'podinfo-primary')?.spec.minReplicaCount).toBe(1);
    expect(sim.failures()).toEqual([]);
  });

  it('is as it was when the CanaryApp is deleted, also in the middle of a release', async () => {
    const sim = await scaled();
    sim.release('v2');
    await sim.env.time.until(() => sim.adopted()?.status?.phase === 'Starting');
    sim.cluster.server.loopback.delete(CanaryApp, podinfo);
    await sim.env.time.until(() => sim.adopted() === undefined, 120_000);
    await sim.env.time.advance(30_000);
    expect(objectOf(sim)?.metadata).toMatchObject({ labels: { team: 'x' }, annotations: { owner: 'x' } });
    expect(pauseOf(sim)).toBeUndefined();
    expect(objectOf(sim, 'podinfo-primary')).toBeUndefined();
  });

  it('that its owner has paused is paused as before when the CanaryApp is deleted, and while a release runs', async () => {
    const sim = await scaled({ [paused]: '3' });
    expect(pauseOf(sim)).toBe('0');
    expect(objectOf(sim, 'podinfo-primary')?.metadata.annotations).toEqual({ owner: 'x' });
    sim.sendRequests('/hello', 200);
    sim.release('v2');
    await sim.untilShare(10);
    expect(pauseOf(sim)).toBe('3');
    await sim.untilAdopted('Released');
    expect(pauseOf(sim)).toBe('0');
    sim.cluster.server.loopback.delete(CanaryApp, podinfo);
    await sim.env.time.until(() => sim.adopted() === undefined, 120_000);
    await sim.env.time.advance(30_000);
    expect(objectOf(sim)?.metadata.annotations).toEqual({
      owner: 'x',
      'argocd.argoproj.io/tracking-id': 'podinfo',
      [paused]: '3',
    });
  });
});
