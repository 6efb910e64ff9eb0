import { Pod } from '@canaryop/reconcile/kinds';
import { afterEach, describe, expect, it } from 'vitest';

import { CanaryApp } from '../../src/api/v1/canaryapp.ts';
import { named } from './adopted-simulation.ts';
import { shop, shopCluster, shopDeployment, shopImage, type Keeper } from './keeper-simulation.ts';

let simulation: Keeper | undefined;

afterEach(async () => {
  await simulation?.stop();
  simulation = undefined;
});

/** The shop, watched over and at rest. */
async function setUp(version = 'v1'): Promise<Keeper> {
  const sim = await shopCluster();
  simulation = sim;
  sim.startOperator();
  sim.watchOver(version);
  await sim.until(() => sim.status.released !== undefined);
  return sim;
}

describe('an image that is tried in a single pod', () => {
  it('is that of the workload at first, of which only a note is written', async () => {
    const sim = await setUp();
    await sim.untilPhase('Released');
    const { spec, metadata } = sim.deployment;
    expect(spec).toMatchObject(shopDeployment().spec ?? {});
    expect(Object.keys(metadata.annotations ?? {})).toEqual(expect.arrayContaining(['canary.atze.io/revision']));
    await sim.env.time.advance(5_000);
    const before = sim.requests.length;
    await sim.env.time.advance(600_000);
    expect(sim.requests.slice(before).filter(({ verb }) => verb !== 'watch')).toEqual([]);
    expect(sim.pod).toBeUndefined();
  });

  it('runs beside the others for as long as it has to do well, and then they get it', async () => {
    const sim = await setUp();
    await sim.untilPhase('Released');
    sim.try('v2');
    await sim.until(() => sim.isTried);
    const since = sim.env.clock.now();
    expect(sim.status).toMatchObject({ phase: 'Shifting', trafficShift: 25, testRunning: true });
    expect(sim.pod).toMatchObject({
      metadata: { labels: { app: 'shop', team: 'x', canary: 'true', 'canary-for': 'shop' } },
      spec: { containers: [{ image: shopImage('v2') }, { name: 'helper', image: shopImage('helper') }] },
    });
    expect(sim.pod?.metadata.labels?.['pod-template-hash']).toBeUndefined();
    expect(sim.image).toBe(shopImage('v1'));
    await sim.until(() => sim.image === shopImage('v2'));
    expect(sim.env.clock.now() - since).toBeGreaterThanOrEqual(60_000);
    expect(sim.env.clock.now() - since).toBeLessThan(65_000);
    expect(sim.pod?.metadata.deletionTimestamp).toBeUndefined();
    await sim.untilPhase('Released');
    expect(sim.pod).toBeUndefined();
    expect(sim.deployment.status).toMatchObject({ readyReplicas: 3, updatedReplicas: 3 });
    expect(sim.status).toMatchObject({ releasedImage: shopImage('v2'), successfulRelease: true, trafficShift: 0 });
  });

  it('is nobody’s pod but its own: no controller takes it, and it takes none away', async () => {
    const sim = await setUp('v2');
    await sim.until(() => sim.isTried);
    await sim.env.time.advance(20_000);
    expect(sim.pod?.metadata.ownerReferences).toMatchObject([{ kind: 'CanaryApp', name: 'shop', controller: true }]);
    expect(sim.deployment.status).toMatchObject({ replicas: 3, readyReplicas: 3 });
    expect(sim.cluster.server.loopback.list(Pod)).toHaveLength(4);
  });

  it('fails by the first restart of any container, and is not tried again by itself', async () => {
    const sim = await setUp('crashing');
    await sim.untilPhase('Failed');
    expect(sim.pod).toBeUndefined();
    expect(sim.image).toBe(shopImage('v1'));
    const [failed] = sim.status.failedRevisions ?? [];
    expect(failed).toMatchObject({ image: shopImage('crashing'), reason: 'PodFailed' });
    expect(failed?.message).toBe('Restarted: container web of pod shop-canary has ended, exit code 3 (Error)');
    await sim.env.time.advance(600_000);
    expect(sim.pod).toBeUndefined();
  });

  it('fails by a firing alert that names it', async () => {
    const sim = await setUp('v2');
    await sim.until(() => sim.isTried);
    sim.alert('TooManyErrors');
    await sim.untilPhase('Failed');
    expect(sim.status.failedRevisions?.[0]?.message).toBe('AlertFiring: alert TooManyErrors names pod shop-canary');
    expect(sim.image).toBe(shopImage('v1'));
  });

  it('fails when it is not ready in time', async () => {
    const sim = await setUp('shy');
    const began = sim.env.clock.now();
    await sim.untilPhase('Failed');
    expect(sim.status.failedRevisions?.[0]?.reason).toBe('ProgressDeadlineExceeded');
    expect(sim.env.clock.now() - began).toBeLessThan(45_000);
  });

  it('fails when it comes and goes for longer than it may take to be ready', async () => {
    const sim = await setUp('fickle');
    const began = sim.env.clock.now();
    await sim.untilPhase('Failed');
    expect(sim.env.clock.now() - began).toBeLessThan(60_000);
    expect(sim.status.failedRevisions?.[0]).toMatchObject({
      reason: 'ProgressDeadlineExceeded',
      message: 'secondary stopped being ready, more than 30 s after it got its first traffic',
    });
    expect(sim.status.decisions?.map(({ reason }) => reason)).toContain('CapacityLost');
    expect([sim.pod, sim.image]).toEqual([undefined, shopImage('v1')]);
  });

  it('that never comes up on the workload is taken back from it', async () => {
    const sim = await setUp('picky');
    await sim.until(() => sim.image === shopImage('picky'));
    await sim.untilPhase('Failed');
    expect(sim.image).toBe(shopImage('v1'));
    expect(sim.pod).toBeUndefined();
    expect(sim.status).toMatchObject({ releasedImage: shopImage('v1'), lastFailedTag: shopImage('picky') });
  });
});

describe('a canary pod that is not what it should be', () => {
  it('of another image is replaced, and its time begins anew', async () => {
    const sim = await setUp('v2');
    await sim.until(() => sim.isTried);
    await sim.env.time.advance(40_000);
    sim.try('v3');
    await sim.until(() => sim.pod?.spec?.containers[0]?.image === shopImage('v3') && sim.isTried);
    const since = sim.env.clock.now();
    await sim.until(() => sim.image === shopImage('v3'));
    expect(sim.env.clock.now() - since).toBeGreaterThanOrEqual(60_000);
  });

  it.each<[string, (sim: Keeper) => void]>([
    [
      'of another template',
      (sim) =>
        sim.change((live) => {
          Object.assign(live.spec?.template.spec ?? {}, { terminationGracePeriodSeconds: 3 });
          return live;
        }),
    ],
    ['that lost its labels', (sim) => relabel(sim, { app: 'shop' })],
    ['that somebody deletes', (sim) => sim.cluster.server.loopback.delete(Pod, named('shop-canary'))],
    ['that its node threw out', (sim) => evict(sim)],
  ])('%s is replaced, and its time begins anew', async (_what, spoil) => {
    const sim = await setUp('v2');
    await sim.until(() => sim.isTried);
    const { uid } = sim.pod?.metadata ?? {};
    await sim.env.time.advance(40_000);
    spoil(sim);
    await sim.until(() => sim.pod !== undefined && sim.pod.metadata.uid !== uid && sim.isTried);
    const since = sim.env.clock.now();
    await sim.until(() => sim.image === shopImage('v2'));
    expect(sim.env.clock.now() - since).toBeGreaterThanOrEqual(60_000);
    await sim.untilPhase('Released');
  });

  it('of somebody else’s stays, and stands in the way until it goes', async () => {
    const sim = await shopCluster();
    simulation = sim;
    const theirs = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: named('shop-canary'),
      spec: { containers: [{ name: 'c', image: shopImage('v1') }] },
    };
    sim.cluster.server.loopback.create(Pod, theirs);
    sim.startOperator();
    sim.watchOver('v2');
    await sim.untilPhase('Blocked');
    expect(sim.status.conditions).toMatchObject([{ reason: 'ForeignObject' }, {}]);
    expect(sim.pod?.metadata.ownerReferences).toBeUndefined();
    sim.cluster.server.loopback.delete(Pod, named('shop-canary'));
    await sim.until(() => sim.isTried);
  });
});

describe('an image that somebody sets on the workload', () => {
  it('at rest is released as it is, and what is asked for is tried beside it', async () => {
    const sim = await setUp();
    await sim.untilPhase('Released');
    sim.setImage('v9');
    await sim.until(() => sim.isTried);
    expect(sim.pod?.spec?.containers[0]?.image).toBe(shopImage('v1'));
    expect(sim.status.released?.certificate.detail).toBe('direct: Deployment shop runs it already');
    expect(sim.image).toBe(shopImage('v9'));
  });

  it('though it had failed stays, is released as it is, and has not failed any more', async () => {
    const sim = await setUp('v2');
    await sim.until(() => sim.isTried);
    sim.alert('TooManyErrors');
    await sim.untilPhase('Failed');
    sim.setImage('v2');
    await sim.untilPhase('Released');
    expect(sim.image).toBe(shopImage('v2'));
    expect(sim.status).toMatchObject({ releasedImage: shopImage('v2'), successfulRelease: true, failedRevisions: [] });
    expect(sim.status.conditions).toMatchObject([{ type: 'Ready', status: 'True', reason: 'Released' }]);
    expect(sim.status.released?.certificate.detail).toBe('direct: Deployment shop runs it already');
  });

  it('in the middle ends the trial, stays, and the trial begins beside it', async () => {
    const sim = await setUp('v2');
    await sim.until(() => sim.isTried);
    sim.setImage('v9');
    await sim.until(() => sim.status.releasedImage === shopImage('v9'));
    await sim.until(() => sim.isTried);
    expect(sim.image).toBe(shopImage('v9'));
    await sim.until(() => sim.image === shopImage('v2'));
  });

  it('during the promotion stays', async () => {
    const sim = await setUp('v2');
    await sim.until(() => sim.image === shopImage('v2'));
    sim.setImage('v9');
    await sim.until(() => sim.status.releasedImage === shopImage('v9'));
    expect(sim.image).toBe(shopImage('v9'));
  });

  it('is not written over when the CanaryApp goes, and the pod goes with it', async () => {
    const sim = await setUp('v2');
    await sim.until(() => sim.isTried);
    sim.cluster.server.loopback.delete(CanaryApp, shop);
    await sim.until(() => sim.pod === undefined);
    expect(sim.image).toBe(shopImage('v1'));
    expect(sim.deployment.status).toMatchObject({ readyReplicas: 3 });
  });
});

function relabel(sim: Keeper, labels: Readonly<Record<string, string>>): void {
  const { pod } = sim;
  if (pod !== undefined) sim.cluster.server.loopback.update(Pod, { ...pod, metadata: { ...pod.metadata, labels } });
}

function evict(sim: Keeper): void {
  const { pod } = sim;
  if (pod !== undefined)
    sim.cluster.server.loopback.updateStatus(Pod, { ...pod, status: { phase: 'Failed', reason: 'Evicted' } });
}
