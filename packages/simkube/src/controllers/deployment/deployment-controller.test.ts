import { describe, expect, it } from 'vitest';

import { deploymentOf, isRolledOut, startCluster, type VirtualCluster } from '../../../test/virtual-cluster.ts';
import {
  deploymentKind,
  replicaSetKind,
  type Deployment,
  type DeploymentSpec,
  type ReplicaSet,
} from '../../kinds/apps-v1.ts';
import { podKind, type Pod } from '../../kinds/core-v1.ts';
import { isPodReady } from '../pod-readiness.ts';

function withImage(deployment: Deployment, image: string): Deployment {
  const { template } = deployment.spec;
  const containers = template.spec.containers.map((container) => ({ ...container, image }));
  return {
    ...deployment,
    spec: { ...deployment.spec, template: { ...template, spec: { ...template.spec, containers } } },
  };
}

function change(cluster: VirtualCluster, spec: Partial<DeploymentSpec>): void {
  const live = cluster.deployment('web');
  cluster.api.update(deploymentKind, { ...live, spec: { ...live.spec, ...spec } });
}

function setImage(cluster: VirtualCluster, image: string): void {
  cluster.api.update(deploymentKind, withImage(cluster.deployment('web'), image));
}

async function startWeb(spec: Partial<DeploymentSpec> = {}): Promise<VirtualCluster> {
  const cluster = startCluster();
  const deployment = deploymentOf('web', 'sample-server:v1', { replicas: 3, preStopSeconds: 0 });
  cluster.api.create(deploymentKind, { ...deployment, spec: { ...deployment.spec, ...spec } });
  await cluster.untilRolledOut('web');
  return cluster;
}

const replicaSets = (cluster: VirtualCluster): readonly ReplicaSet[] =>
  [...cluster.api.list(replicaSetKind, { namespace: 'default' })].sort(
    (left, right) => Number(revision(left)) - Number(revision(right)),
  );

const revision = (object: ReplicaSet | Deployment): string | undefined =>
  object.metadata.annotations?.['deployment.kubernetes.io/revision'];

const condition = (cluster: VirtualCluster, type: string) =>
  cluster.deployment('web').status?.conditions?.find((each) => each.type === type);

describe('a Deployment', () => {
  it('makes one ReplicaSet, whose pods carry its template hash', async () => {
    const cluster = await startWeb();
    const [only] = replicaSets(cluster);
    const hash = only?.metadata.labels?.['pod-template-hash'];
    expect(only?.metadata.name).toBe(`web-${hash}`);
    expect(only?.spec.selector.matchLabels).toEqual({ app: 'web', 'pod-template-hash': hash });
    expect(cluster.pods().map((pod) => pod.metadata.labels?.['pod-template-hash'])).toEqual([hash, hash, hash]);
    expect(cluster.deployment('web').status).toMatchObject({
      observedGeneration: 1,
      replicas: 3,
      updatedReplicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
    });
    expect(condition(cluster, 'Available')).toMatchObject({ status: 'True', reason: 'MinimumReplicasAvailable' });
    expect(condition(cluster, 'Progressing')).toMatchObject({
      status: 'True',
      reason: 'NewReplicaSetAvailable',
      message: `ReplicaSet "${only?.metadata.name}" has successfully progressed.`,
    });
    expect(revision(cluster.deployment('web'))).toBe('1');
    await cluster.stop();
  });

  it('rolls without ever having fewer ready pods than wanted or more pods than the surge allows', async () => {
    const cluster = await startWeb();
    const counts: { ready: number; all: number }[] = [];
    const stop = cluster.api.watch<Pod>(podKind, () => {
      const active = cluster.pods().filter((pod) => pod.metadata.deletionTimestamp === undefined);
      counts.push({ ready: active.filter(isPodReady).length, all: active.length });
    });
    setImage(cluster, 'sample-server:v2');
    expect(isRolledOut(cluster.deployment('web'))).toBe(false);
    await cluster.untilRolledOut('web');
    stop();
    expect(counts.length).toBeGreaterThan(10);
    expect(Math.min(...counts.map(({ ready }) => ready))).toBe(3);
    expect(Math.max(...counts.map(({ all }) => all))).toBe(4);
    await cluster.env.time.advance(5000);
    expect(cluster.pods().map((pod) => pod.spec.containers[0]?.image)).toEqual(Array(3).fill('sample-server:v2'));
    expect(replicaSets(cluster).map((each) => each.spec.replicas)).toEqual([0, 3]);
    await cluster.stop();
  });

  it('takes the old ReplicaSet when the template goes back, with a new revision', async () => {
    const cluster = await startWeb();
    const [first] = replicaSets(cluster);
    setImage(cluster, 'sample-server:v2');
    await cluster.untilRolledOut('web');
    setImage(cluster, 'sample-server:v1');
    await cluster.untilRolledOut('web');
    const [, last] = replicaSets(cluster);
    expect(replicaSets(cluster)).toHaveLength(2);
    expect(last?.metadata.name).toBe(first?.metadata.name);
    expect(revision(cluster.deployment('web'))).toBe('3');
    expect(last?.metadata.annotations?.['deployment.kubernetes.io/revision-history']).toBe('1');
    await cluster.stop();
  });

  it('keeps its good pods while new ones never get ready, and says so at the deadline', async () => {
    const cluster = await startWeb({ progressDeadlineSeconds: 60 });
    setImage(cluster, 'app:never-ready');
    await cluster.env.time.advance(59_000);
    expect(condition(cluster, 'Progressing')).toMatchObject({ status: 'True', reason: 'ReplicaSetUpdated' });
    await cluster.env.time.advance(5000);
    expect(condition(cluster, 'Progressing')).toMatchObject({
      status: 'False',
      reason: 'ProgressDeadlineExceeded',
      message: expect.stringContaining('has timed out progressing.') as unknown,
    });
    expect(cluster.deployment('web').status).toMatchObject({ availableReplicas: 3, updatedReplicas: 1, replicas: 4 });
    expect(cluster.env.time.pending).toBe(0);
    setImage(cluster, 'sample-server:v3');
    await cluster.untilRolledOut('web');
    expect(condition(cluster, 'Progressing')).toMatchObject({ status: 'True', reason: 'NewReplicaSetAvailable' });
    await cluster.stop();
  });

  it('does nothing but scale while it is paused', async () => {
    const cluster = await startWeb({ paused: true, replicas: 0 });
    change(cluster, { paused: false, replicas: 3 });
    await cluster.untilRolledOut('web');
    change(cluster, { paused: true });
    setImage(cluster, 'sample-server:v2');
    await cluster.env.time.advance(5000);
    expect(condition(cluster, 'Progressing')).toMatchObject({ status: 'Unknown', reason: 'DeploymentPaused' });
    expect(replicaSets(cluster)).toHaveLength(1);
    change(cluster, { replicas: 5 });
    await cluster.env.time.advance(5000);
    expect(cluster.pods()).toHaveLength(5);
    change(cluster, { paused: false });
    await cluster.untilRolledOut('web');
    expect(replicaSets(cluster).map((each) => each.spec.replicas)).toEqual([0, 5]);
    await cluster.stop();
  });

  it('stops every old pod before it starts a new one when it is recreated', async () => {
    const cluster = await startWeb({ strategy: { type: 'Recreate' } });
    const images = new Set<string>();
    const stop = cluster.api.watch<Pod>(podKind, () => {
      const active = cluster.pods().filter((pod) => pod.metadata.deletionTimestamp === undefined);
      images.add([...new Set(active.map((pod) => pod.spec.containers[0]?.image))].join('+'));
    });
    setImage(cluster, 'sample-server:v2');
    await cluster.untilRolledOut('web');
    stop();
    expect([...images].filter((each) => each.includes('+'))).toEqual([]);
    expect([...images]).toContain('sample-server:v2');
    await cluster.stop();
  });

  it('scales up, down and to 0 without a new revision', async () => {
    const cluster = await startWeb();
    for (const replicas of [5, 2, 0, 1]) {
      change(cluster, { replicas });
      await cluster.untilRolledOut('web');
      await cluster.env.time.advance(5000);
      expect(cluster.pods()).toHaveLength(replicas);
    }
    expect(replicaSets(cluster)).toHaveLength(1);
    await cluster.stop();
  });

  it('scales in proportion in the middle of a rollout', async () => {
    const cluster = await startWeb({ replicas: 10 });
    setImage(cluster, 'app:never-ready');
    await cluster.env.time.advance(5000);
    expect(replicaSets(cluster).map((each) => each.spec.replicas)).toEqual([10, 1]);
    change(cluster, { replicas: 20 });
    await cluster.env.time.advance(5000);
    expect(replicaSets(cluster).map((each) => each.spec.replicas)).toEqual([19, 2]);
    await cluster.stop();
  });

  it('counts a pod as available only after minReadySeconds', async () => {
    const cluster = startCluster();
    const deployment = deploymentOf('web', 'sample-server:v1', { replicas: 1 });
    cluster.api.create(deploymentKind, { ...deployment, spec: { ...deployment.spec, minReadySeconds: 10 } });
    await cluster.env.time.advance(5000);
    expect(cluster.deployment('web').status).toMatchObject({ readyReplicas: 1, unavailableReplicas: 1 });
    await cluster.env.time.advance(10_000);
    expect(cluster.deployment('web').status).toMatchObject({ readyReplicas: 1, availableReplicas: 1 });
    await cluster.stop();
  });

  it('keeps only as many old ReplicaSets as revisionHistoryLimit says', async () => {
    const cluster = await startWeb({ revisionHistoryLimit: 1, replicas: 1 });
    for (const version of ['v2', 'v3', 'v4']) {
      setImage(cluster, `sample-server:${version}`);
      await cluster.untilRolledOut('web');
      await cluster.env.time.advance(3000);
    }
    expect(replicaSets(cluster).map(revision)).toEqual(['3', '4']);
    await cluster.stop();
  });

  it('replaces pods that someone deletes, and the ReplicaSet too', async () => {
    const cluster = await startWeb();
    const [pod] = cluster.pods();
    cluster.api.delete(podKind, { namespace: 'default', name: pod?.metadata.name ?? '' });
    await cluster.env.time.advance(5000);
    expect(cluster.pods().filter(isPodReady)).toHaveLength(3);
    const [only] = replicaSets(cluster);
    cluster.api.delete(replicaSetKind, { namespace: 'default', name: only?.metadata.name ?? '' });
    await cluster.env.time.advance(10_000);
    expect(cluster.pods().filter(isPodReady)).toHaveLength(3);
    expect(replicaSets(cluster)).toHaveLength(1);
    await cluster.stop();
  });

  it('leaves nothing behind when it is deleted', async () => {
    const cluster = await startWeb();
    cluster.api.delete(deploymentKind, { namespace: 'default', name: 'web' });
    await cluster.env.time.advance(40_000);
    expect(replicaSets(cluster)).toEqual([]);
    expect(cluster.pods()).toEqual([]);
    expect(cluster.env.time.pending).toBe(0);
    await cluster.stop();
  });
});
