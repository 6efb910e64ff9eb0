import { Deployment, HorizontalPodAutoscaler } from '@canaryop/reconcile/kinds';
import type { TransportResponse } from '@canaryop/reconcile/env';
import { afterEach, describe, expect, it } from 'vitest';

import { CanaryApp } from '../../src/api/v1/canaryapp.ts';
import {
  image,
  imageOf,
  named,
  podinfo,
  podinfoCluster,
  target,
  type AdoptedSimulation,
} from './adopted-simulation.ts';
import { ConfigStory } from './config-story.ts';

let simulation: { stop(): Promise<void> } | undefined;

afterEach(async () => {
  await simulation?.stop();
  simulation = undefined;
});

const autoscalerRef = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', name: 'podinfo' };

function scaler(minReplicas: number): HorizontalPodAutoscaler {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: podinfo,
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'podinfo' },
      minReplicas,
      maxReplicas: 6,
    },
  };
}

/** Podinfo, at 20 % of a release of v2. */
async function atTwenty(spec: object = {}): Promise<AdoptedSimulation> {
  const sim = await podinfoCluster();
  simulation = sim;
  if ('autoscalerRef' in spec) sim.cluster.server.loopback.create(HorizontalPodAutoscaler, scaler(2));
  sim.startOperator();
  sim.adopt(spec);
  await sim.untilAdopted('Released');
  sim.sendRequests('/hello');
  sim.release('v2');
  await sim.untilShare(20);
  return sim;
}

const least = (sim: AdoptedSimulation): number | undefined =>
  sim.cluster.server.loopback.get(HorizontalPodAutoscaler, named('podinfo-primary'))?.spec.minReplicas;

describe('a target that is replaced in the middle of a release', () => {
  it('is said to be missing, and released from the beginning when it is there again', async () => {
    const sim = await atTwenty();
    const { loopback } = sim.cluster.server;
    loopback.delete(Deployment, podinfo);
    await sim.env.time.until(() => sim.condition('Stalled')?.reason === 'TargetMissing', 60_000);
    expect(sim.share).toBe(0);
    expect(imageOf(sim.deployment('podinfo-primary'))).toBe(image('v1'));
    await sim.env.time.advance(60_000);
    const before = sim.answers.length;
    loopback.create(Deployment, target('v2'));
    await sim.untilShare(10);
    await sim.env.time.until(() => sim.adopted()?.status?.releasedImage === image('v2'), 600_000);
    await sim.untilAdopted('Released');
    expect(sim.deployment()?.spec?.replicas).toBe(0);
    expect(sim.answers.slice(before).filter(({ status }) => status !== 200)).toEqual([]);
  });

  it('by one that nothing can be told from is refused, and primary goes on', async () => {
    const sim = await atTwenty();
    const { loopback } = sim.cluster.server;
    const { spec, ...rest } = target('v2');
    const selector = { matchExpressions: [{ key: 'app', operator: 'In', values: ['podinfo'] }] };
    loopback.delete(Deployment, podinfo);
    loopback.create(Deployment, { ...rest, spec: { ...spec, selector } } as Deployment);
    await sim.env.time.until(() => sim.condition('Stalled')?.reason === 'TargetUnsupported', 120_000);
    await sim.env.time.advance(5_000);
    const before = sim.answers.length;
    await sim.env.time.advance(60_000);
    expect([sim.share, imageOf(sim.deployment('podinfo-primary'))]).toEqual([0, image('v1')]);
    expect(sim.answers.slice(before).filter(({ status }) => status !== 200)).toEqual([]);
  });
});

describe('two CanaryApps of one target', () => {
  it('follow each other: the younger one begins when the older has given everything back', async () => {
    const sim = await podinfoCluster();
    simulation = sim;
    sim.startOperator();
    sim.adopt();
    await sim.untilAdopted('Released');
    sim.adopt({}, 'late');
    await sim.env.time.until(() => sim.condition('Stalled', 'late')?.reason === 'TargetConflict');
    sim.cluster.server.loopback.delete(CanaryApp, podinfo);
    await sim.env.time.until(() => sim.adopted('late')?.status?.phase === 'Released', 600_000);
    expect(sim.condition('Ready', 'late')?.status).toBe('True');
    expect(imageOf(sim.deployment('late-primary'))).toBe(image('v1'));
    expect(sim.deployment('podinfo-primary')).toBeUndefined();
    expect(sim.deployment()?.spec?.replicas).toBe(0);
  });
});

describe('an autoscaler in the middle of a release', () => {
  it('that is deleted holds the weight, and the release goes on when it is there again', async () => {
    const sim = await atTwenty({ autoscalerRef });
    const { loopback } = sim.cluster.server;
    loopback.delete(HorizontalPodAutoscaler, podinfo);
    await sim.env.time.until(() => sim.condition('Stalled')?.reason === 'AutoscalerMissing', 60_000);
    const held = sim.share;
    await sim.env.time.advance(120_000);
    expect([sim.share, least(sim)]).toEqual([held, 2]);
    loopback.create(HorizontalPodAutoscaler, scaler(2));
    await sim.untilAdopted('Released');
    expect(sim.adopted()?.status?.releasedImage).toBe(image('v2'));
    expect(sim.failures()).toEqual([]);
  });

  it('that is edited is followed, by a primary that loses no pods meanwhile', async () => {
    const sim = await atTwenty({ autoscalerRef });
    const { loopback } = sim.cluster.server;
    const edit = (minReplicas: number): void => {
      const live = loopback.get(HorizontalPodAutoscaler, podinfo);
      loopback.update(HorizontalPodAutoscaler, { ...scaler(minReplicas), metadata: live?.metadata ?? podinfo });
    };
    edit(4);
    await sim.env.time.until(() => least(sim) === 4, 10_000);
    edit(1);
    await sim.env.time.advance(5_000);
    expect(least(sim)).toBeGreaterThanOrEqual(sim.deployment('podinfo-primary')?.spec?.replicas ?? 0);
    await sim.untilAdopted('Released');
    expect(least(sim)).toBe(1);
    expect(sim.failures()).toEqual([]);
  });
});

describe('configuration that cannot be read for a while', () => {
  it.each([
    ['refuses', 403, 'Forbidden'],
    ['fails', 500, 'InternalError'],
  ])('starts nothing, when the server %s to the next operator', async (_what, code, reason) => {
    let isOut = false;
    const shop = new ConfigStory({
      wrap: (inner) => ({
        close: () => inner.close(),
        request: (request) =>
          isOut && request.url.includes('/configmaps')
            ? Promise.resolve(refusal(code, reason))
            : inner.request(request),
      }),
    });
    simulation = shop.sim;
    // One that may be missing: to take it for missing would be another revision.
    shop.setConfigMap('extra', { text: 'more' });
    await shop.install();
    const released = shop.app?.status?.released?.revision;
    isOut = true;
    await shop.restart();
    expect(await shop.staysAtRest()).toBe(true);
    isOut = false;
    expect(await shop.staysAtRest()).toBe(true);
    expect(shop.app?.status?.released?.revision).toBe(released);
    expect(shop.condition('Ready')?.status).toBe('True');
    expect(shop.condition('ConfigTracking')).toBeUndefined();
    expect(shop.configMap('settings-primary')).toEqual({ mode: 'plain' });
    expect(await shop.answer()).toBe('v1 plain t1 more');
  });
});

function refusal(code: number, reason: string): TransportResponse {
  const body = new TextEncoder().encode(JSON.stringify({ kind: 'Status', status: 'Failure', code, reason }));
  const once = async function* (): AsyncIterable<Uint8Array> {
    yield await Promise.resolve(body);
  };
  return { status: code, headers: { 'content-type': 'application/json' }, body: once() };
}
