import { ControllerRevision, Deployment, HorizontalPodAutoscaler, Service } from '@canaryop/reconcile/kinds';
import { afterEach, describe, expect, it } from 'vitest';

import { CanaryApp } from '../../src/api/v1/canaryapp.ts';
import { VirtualService } from '../../src/traffic/istio/kinds.ts';
import {
  image,
  imageOf,
  named,
  podinfo,
  podinfoCluster,
  target,
  type AdoptedSimulation,
} from './adopted-simulation.ts';

let simulation: AdoptedSimulation | undefined;

afterEach(async () => {
  await simulation?.stop();
  simulation = undefined;
});

/** A cluster where podinfo is adopted, and at rest. */
async function adopted(spec: object = {}): Promise<AdoptedSimulation> {
  const sim = await podinfoCluster();
  simulation = sim;
  sim.startOperator();
  sim.adopt(spec);
  await sim.untilAdopted('Released');
  return sim;
}

describe('an adopted Deployment', () => {
  it('is copied for primary, which takes over its traffic, and is scaled to 0', async () => {
    const sim = await adopted();
    const primary = sim.deployment('podinfo-primary');
    expect(primary?.spec?.selector.matchLabels).toEqual({ app: 'podinfo-primary' });
    expect(primary?.metadata.labels).toEqual({ app: 'podinfo-primary', team: 'x' });
    expect([imageOf(primary), primary?.spec?.replicas]).toEqual([image('v1'), 2]);
    expect(sim.deployment()?.spec?.replicas).toBe(0);
    expect(sim.share).toBe(0);
    const services = sim.cluster.server.loopback.list(Service).map(({ metadata }) => metadata.name);
    expect(services).toEqual(expect.arrayContaining(['podinfo', 'podinfo-canary', 'podinfo-primary']));
  });

  it('rolls a new template out step by step, and promotes it', async () => {
    const sim = await adopted();
    const stop = sim.sendRequests('/hello');
    sim.release('v2');
    const shares: (number | undefined)[] = [];
    const unwatch = sim.cluster.server.loopback.watch(VirtualService, () => shares.push(sim.share));
    await sim.untilShare(10);
    await sim.untilAdopted('Released');
    unwatch();
    stop();
    expect(shares).toEqual([0, 10, 20, 30, 40, 50, 0]);
    expect(imageOf(sim.deployment('podinfo-primary'))).toBe(image('v2'));
    expect(sim.deployment()?.spec?.replicas).toBe(0);
    expect(sim.adopted()?.status).toMatchObject({ releasedImage: image('v2'), successfulRelease: true });
    expect(sim.answers.length).toBeGreaterThan(500);
    expect(sim.failures()).toEqual([]);
  });

  it('is rolled back after as many failed checks as the threshold says, and refused until retry is asked for', async () => {
    const sim = await adopted();
    sim.sendRequests('/hello');
    sim.release('v3');
    await sim.untilShare(20);
    const stop = sim.sendRequests('/nothello', 100);
    await sim.untilAdopted('Failed');
    stop();
    expect(sim.adopted()?.status).toMatchObject({ lastFailedTag: image('v3'), releasedImage: image('v1') });
    expect(sim.adopted()?.status?.decisions?.filter(({ reason }) => reason === 'CheckFailed')).toHaveLength(2);
    expect([sim.share, sim.deployment()?.spec?.replicas]).toEqual([0, 0]);
    expect(imageOf(sim.deployment('podinfo-primary'))).toBe(image('v1'));
    await sim.env.time.advance(60_000);
    expect(sim.deployment()?.spec?.replicas).toBe(0);
    sim.command('retry@next#1');
    await sim.untilShare(10);
    expect(sim.failures()).toEqual([]);
  });

  it('begins again when another template comes in the middle, and goes back when the old one does', async () => {
    const sim = await adopted();
    sim.sendRequests('/hello');
    sim.release('v2');
    await sim.untilShare(20);
    sim.release('v3');
    await sim.untilShare(0);
    await sim.untilShare(10);
    expect(sim.adopted()?.status?.run?.image).toBe(image('v3'));
    sim.release('v1');
    await sim.untilAdopted('Released');
    expect(sim.adopted()?.status).toMatchObject({ releasedImage: image('v1') });
    expect(sim.adopted()?.status?.failedRevisions ?? []).toEqual([]);
    expect(imageOf(sim.deployment('podinfo-primary'))).toBe(image('v1'));
    expect(sim.failures()).toEqual([]);
  });

  it('is ended by abort', async () => {
    const sim = await adopted();
    sim.sendRequests('/hello');
    sim.release('v2');
    await sim.untilShare(20);
    sim.command('abort@next#7');
    await sim.untilAdopted('Failed');
    expect(sim.adopted()?.status).toMatchObject({ lastCommand: '7', lastFailedTag: image('v2') });
    expect([sim.share, sim.deployment()?.spec?.replicas]).toEqual([0, 0]);
  });

  it('gets its replicas and its traffic back when the CanaryApp is deleted, and nothing of ours is left', async () => {
    const sim = await adopted();
    const { loopback } = sim.cluster.server;
    loopback.delete(CanaryApp, podinfo);
    await sim.env.time.until(() => sim.adopted() === undefined, 120_000);
    await sim.env.time.advance(60_000);
    expect(sim.deployment()?.spec).toMatchObject({ replicas: 2, template: sim.deployment()?.spec?.template });
    expect(sim.deployment()?.status?.readyReplicas).toBe(2);
    expect(loopback.list(Deployment).map(({ metadata }) => metadata.name)).toEqual(['podinfo']);
    expect(loopback.list(VirtualService)).toEqual([]);
    expect(loopback.list(Service).filter(({ metadata }) => metadata.name.startsWith('podinfo'))).toEqual([]);
    expect(loopback.list(ControllerRevision)).toEqual([]);
  });

  it('costs nothing at rest', async () => {
    const sim = await adopted();
    await sim.env.time.advance(60_000);
    const before = sim.requests.length;
    await sim.env.time.advance(600_000);
    expect(sim.requests.slice(before).filter(({ verb }) => verb !== 'watch')).toEqual([]);
  });
});

const inService: Service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: podinfo,
  spec: { selector: { app: 'podinfo' }, ports: [{ name: 'http', port: 9898, targetPort: 8088, protocol: 'TCP' }] },
};

describe('a Service of the application’s name that was there before', () => {
  it('is not touched, and that is said, unless the spec allows it', async () => {
    simulation = await podinfoCluster();
    const sim = simulation;
    const { loopback } = sim.cluster.server;
    loopback.create(Service, inService);
    const before = loopback.get(Service, podinfo);
    sim.startOperator();
    sim.adopt();
    await sim.env.time.until(() => sim.condition('Stalled')?.reason === 'ServiceExists');
    await sim.env.time.advance(30_000);
    expect(loopback.get(Service, podinfo)).toEqual(before);
    expect(sim.deployment('podinfo-primary')).toBeUndefined();
    expect(sim.deployment()?.spec?.replicas).toBe(2);
  });

  it('leads to primary while it is adopted, and gets its selector back on delete', async () => {
    simulation = await podinfoCluster();
    const sim = simulation;
    const { loopback } = sim.cluster.server;
    loopback.create(Service, inService);
    const before = loopback.get(Service, podinfo);
    sim.startOperator();
    sim.adopt({ service: { port: 9898, targetPort: 8088, hosts: ['*'], gateways: ['public'], adopt: true } });
    await sim.untilAdopted('Released');
    expect(loopback.get(Service, podinfo)?.spec?.selector).toEqual({ app: 'podinfo-primary' });
    loopback.delete(CanaryApp, podinfo);
    await sim.env.time.until(() => sim.adopted() === undefined, 120_000);
    await sim.env.time.advance(30_000);
    const after = loopback.get(Service, podinfo);
    expect(after?.spec).toEqual(before?.spec);
    expect(after?.metadata.annotations).toEqual(before?.metadata.annotations);
    expect(after?.metadata.ownerReferences).toBeUndefined();
  });
});

describe('what happens to a target', () => {
  it('that does not exist is said, and work begins when it is there', async () => {
    simulation = await podinfoCluster();
    const sim = simulation;
    const { loopback } = sim.cluster.server;
    loopback.delete(Deployment, podinfo);
    await sim.env.time.advance(5_000);
    sim.startOperator();
    sim.adopt();
    await sim.env.time.until(() => sim.condition('Stalled')?.reason === 'TargetMissing');
    expect(sim.deployment('podinfo-primary')).toBeUndefined();
    loopback.create(Deployment, target('v1'));
    await sim.untilAdopted('Released');
  });

  it('that is deleted in the middle loses its traffic, and primary goes on serving', async () => {
    const sim = await adopted();
    const stop = sim.sendRequests('/hello');
    sim.release('v2');
    await sim.untilShare(20);
    sim.cluster.server.loopback.delete(Deployment, podinfo);
    await sim.untilShare(0);
    await sim.env.time.until(() => sim.condition('Stalled')?.reason === 'TargetMissing', 60_000);
    await sim.env.time.advance(5_000);
    stop();
    const { length } = sim.answers;
    sim.sendRequests('/hello');
    await sim.env.time.advance(20_000);
    expect(sim.answers.slice(length).every(({ status }) => status === 200)).toBe(true);
    expect(imageOf(sim.deployment('podinfo-primary'))).toBe(image('v1'));
  });

  it('whose CanaryApp is deleted when the target is gone does not hold it up', async () => {
    const sim = await adopted();
    const { loopback } = sim.cluster.server;
    loopback.delete(Deployment, podinfo);
    await sim.env.time.advance(5_000);
    loopback.delete(CanaryApp, podinfo);
    await sim.env.time.until(() => sim.adopted() === undefined, 30_000);
  });

  it('that is scaled to 0 by hand in the middle gets its pods back at once, and no request is lost', async () => {
    const sim = await adopted();
    sim.sendRequests('/hello');
    sim.release('v2');
    await sim.untilShare(20);
    sim.scaleTarget(0);
    await sim.env.time.until(() => sim.deployment()?.spec?.replicas === 1, 5_000);
    await sim.untilAdopted('Released');
    expect(sim.adopted()?.status?.releasedImage).toBe(image('v2'));
    expect(sim.failures()).toEqual([]);
  });

  it('that two CanaryApps name is released by the older one, and the other says so', async () => {
    const sim = await adopted();
    await sim.env.time.advance(2_000);
    sim.adopt({}, 'late');
    await sim.env.time.until(() => sim.condition('Stalled', 'late')?.reason === 'TargetConflict');
    expect(sim.condition('Stalled', 'late')?.message).toContain('default/podinfo');
    await sim.env.time.advance(30_000);
    expect(sim.deployment('late-primary')).toBeUndefined();
  });

  it('with a selector that no copy can be told from is refused', async () => {
    simulation = await podinfoCluster();
    const sim = simulation;
    const { loopback } = sim.cluster.server;
    const { spec, ...rest } = target('v1');
    const selector = { matchExpressions: [{ key: 'app', operator: 'In', values: ['podinfo'] }] };
    loopback.create(Deployment, { ...rest, metadata: named('other'), spec: { ...spec, selector } } as Deployment);
    sim.startOperator();
    sim.adopt({ targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'other' } });
    await sim.env.time.until(() => sim.condition('Stalled')?.reason === 'TargetUnsupported');
  });
});

describe('an autoscaler', () => {
  const autoscalerRef = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', name: 'podinfo' };
  const scaler = (minReplicas: number): HorizontalPodAutoscaler => ({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: podinfo,
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'podinfo' },
      minReplicas,
      maxReplicas: 6,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } },
      ],
    },
  });
  const copy = (sim: AdoptedSimulation): HorizontalPodAutoscaler | undefined =>
    sim.cluster.server.loopback.get(HorizontalPodAutoscaler, named('podinfo-primary'));

  async function scaled(): Promise<AdoptedSimulation> {
    const sim = await podinfoCluster();
    simulation = sim;
    sim.cluster.server.loopback.create(HorizontalPodAutoscaler, scaler(2));
    sim.startOperator();
    sim.adopt({ autoscalerRef });
    await sim.untilAdopted('Released');
    return sim;
  }

  it('is copied for primary, and follows the original', async () => {
    const sim = await scaled();
    const { loopback } = sim.cluster.server;
    expect(copy(sim)?.spec).toMatchObject({ ...scaler(2).spec, scaleTargetRef: { name: 'podinfo-primary' } });
    const live = loopback.get(HorizontalPodAutoscaler, podinfo);
    loopback.update(HorizontalPodAutoscaler, { ...live, ...scaler(3), metadata: live?.metadata ?? podinfo });
    await sim.env.time.until(() => copy(sim)?.spec.minReplicas === 3);
  });

  it('does not take pods from primary while a run lasts, whose traffic may come back to it', async () => {
    const sim = await scaled();
    const { loopback } = sim.cluster.server;
    const primary = sim.deployment('podinfo-primary');
    loopback.update(Deployment, { ...primary, spec: { ...primary?.spec, replicas: 5 } } as Deployment);
    sim.sendRequests('/hello');
    await sim.env.time.advance(10_000);
    expect(copy(sim)?.spec.minReplicas).toBe(2);
    sim.release('v2');
    await sim.untilShare(10);
    expect(copy(sim)?.spec.minReplicas).toBe(5);
    await sim.untilAdopted('Released');
    expect(copy(sim)?.spec.minReplicas).toBe(2);
    expect(sim.deployment('podinfo-primary')?.spec?.replicas).toBe(5);
  });

  it('that is gone is said; nothing of what runs is lost, and no release begins', async () => {
    const sim = await scaled();
    sim.cluster.server.loopback.delete(HorizontalPodAutoscaler, podinfo);
    await sim.env.time.until(() => sim.condition('Stalled')?.reason === 'AutoscalerMissing');
    expect(copy(sim)?.spec.minReplicas).toBe(2);
    sim.release('v2');
    await sim.env.time.advance(60_000);
    expect(sim.share).toBe(0);
    sim.cluster.server.loopback.create(HorizontalPodAutoscaler, scaler(2));
    await sim.untilShare(10);
  });
});
