import type { Transport, TransportRequest } from '@canaryop/reconcile/env';
import { Deployment } from '@canaryop/reconcile/kinds';
import { afterEach, describe, expect, it } from 'vitest';

import { CanaryApp, type CanaryAppSpec } from '../../src/api/v1/canaryapp.ts';
import { VirtualService } from '../../src/traffic/istio/kinds.ts';
import {
  adoptingSpec,
  image,
  imageOf,
  named,
  podinfo,
  podinfoCluster,
  target,
  type AdoptedSimulation,
} from './adopted-simulation.ts';
import type { SimulationOptions } from './simulated-cluster.ts';

let simulation: AdoptedSimulation | undefined;

afterEach(async () => {
  await simulation?.stop();
  simulation = undefined;
});

/** A cluster where podinfo is adopted, at rest, and has steady requests. */
async function adopted(options: SimulationOptions = {}, spec: object = {}): Promise<AdoptedSimulation> {
  const sim = await podinfoCluster(options);
  simulation = sim;
  sim.startOperator();
  sim.adopt(spec);
  await sim.untilAdopted('Released');
  sim.sendRequests('/hello', 200);
  return sim;
}

/** Calls `see` before each request of the operator goes out. */
const watched =
  (see: (request: TransportRequest) => void) =>
  (inner: Transport): Transport => ({
    close: () => inner.close(),
    request: (request) => {
      see(request);
      return inner.request(request);
    },
  });

const textOf = ({ body }: TransportRequest): string => (typeof body === 'string' ? body : '');

/** Images that primary had, in the order of their coming. */
function imagesOfPrimary({ cluster }: AdoptedSimulation): string[] {
  const seen: string[] = [];
  cluster.server.loopback.watch(Deployment, ({ object }) => {
    const now = imageOf(object) ?? '';
    if (object.metadata.name === 'podinfo-primary' && seen.at(-1) !== now) seen.push(now);
  });
  return seen;
}

/** What a new operator process decides that the one before it had not. */
async function decisionsIn(sim: AdoptedSimulation, forMs: number): Promise<readonly string[]> {
  const before = sim.adopted()?.status?.decisions?.length ?? 0;
  sim.startOperator();
  await sim.env.time.advance(forMs);
  const { decisions = [] } = sim.adopted()?.status ?? {};
  return decisions.slice(0, decisions.length - before).map(({ reason }) => reason);
}

/** Defects that were read in Flagger's code (docs/peers.md). */
describe('what goes wrong in Flagger does not here', () => {
  it('F defect 1: an edit of the routes in the middle of a run keeps the weight, by whichever way it comes', async () => {
    const sim = await adopted();
    const { loopback } = sim.cluster.server;
    sim.release('v2');
    await sim.untilShare(20);
    const shares: (number | undefined)[] = [];
    const unwatch = loopback.watch(VirtualService, () => shares.push(sim.share));
    const app = sim.adopted();
    const spec = { ...app?.spec, service: { ...adoptingSpec.service, hosts: ['podinfo.example.com', 'localhost'] } };
    loopback.update(CanaryApp, { ...app, spec } as CanaryApp);
    await sim.env.time.until(() => loopback.get(VirtualService, podinfo)?.spec.hosts.includes('localhost') === true);
    const live = loopback.get(VirtualService, podinfo);
    const http = live?.spec.http.map((route) => ({ ...route, timeout: '3s' }));
    loopback.update(VirtualService, { ...live, spec: { ...live?.spec, http } } as VirtualService);
    await sim.untilShare(30);
    unwatch();
    expect([...new Set(shares)]).toEqual([20, 30]);
  });

  it.each<[string, (request: TransportRequest) => boolean]>([
    ['the record of the promotion', (request) => textOf(request).includes('"stage":"Promoting"')],
    ['the write of primary', ({ url, method }) => method === 'PATCH' && url.includes('/deployments/podinfo-primary')],
  ])(
    'F defect 2: what is promoted is what was judged, though the target changed between the last check and %s',
    async (_moment, isIt) => {
      let sneak: (() => void) | undefined;
      const sim = await adopted({
        wrap: watched((request) => {
          if (sneak === undefined || !isIt(request)) return;
          const change = sneak;
          sneak = undefined;
          change();
        }),
      });
      const judged = new Set([image('v1')]);
      const { loopback } = sim.cluster.server;
      loopback.watch(VirtualService, () => {
        if (sim.share === 50) judged.add(imageOf(sim.deployment()) ?? '');
      });
      const onPrimary = imagesOfPrimary(sim);
      sneak = () => sim.release('v3');
      sim.release('v2');
      await sim.env.time.until(() => sim.adopted()?.status?.releasedImage === image('v3'), 600_000);
      expect(sneak).toBeUndefined();
      expect(onPrimary.filter((each) => !judged.has(each))).toEqual([]);
      expect(onPrimary.at(-1)).toBe(image('v3'));
      expect(sim.failures()).toEqual([]);
    },
  );

  it('F defect 2: what is promoted is what was judged, though the target changed while the last check was answered', async () => {
    let sneak: (() => void) | undefined;
    const sim = await podinfoCluster({
      provider: {
        close: () => Promise.resolve(),
        request: (request) => {
          if (sim.share === 50) {
            sneak?.();
            sneak = undefined;
          }
          return sim.prometheus.transport().request(request);
        },
      },
    });
    simulation = sim;
    sim.startOperator();
    sim.adopt();
    await sim.untilAdopted('Released');
    sim.sendRequests('/hello', 200);
    const onPrimary = imagesOfPrimary(sim);
    sneak = () => sim.release('v3');
    sim.release('v2');
    await sim.env.time.until(() => sim.adopted()?.status?.releasedImage === image('v3'), 600_000);
    expect(sneak).toBeUndefined();
    expect(onPrimary).toEqual([image('v1'), image('v3')]);
  });

  it('F defect 3: a revision that comes after a failure is not lost while nothing can be written; it is tried when it can be', async () => {
    let isDown = false;
    const sim = await adopted({
      wrap: (inner) => ({
        close: () => inner.close(),
        request: (request) =>
          isDown && request.method !== 'GET' ? Promise.reject(new Error('connection reset')) : inner.request(request),
      }),
    });
    sim.release('v2');
    await sim.untilShare(20);
    sim.command('abort@next#1');
    await sim.untilAdopted('Failed');
    isDown = true;
    sim.release('v3');
    await sim.env.time.advance(60_000);
    expect(sim.adopted()?.status?.run).toBeUndefined();
    isDown = false;
    await sim.untilShare(10);
    expect(sim.adopted()?.status?.run?.image).toBe(image('v3'));
  });

  it('F defect 3: nothing is written while a failed revision stays', async () => {
    const sim = await adopted();
    sim.release('v2');
    await sim.untilShare(20);
    sim.command('abort@next#1');
    await sim.untilAdopted('Failed');
    await sim.env.time.advance(60_000);
    const before = sim.requests.length;
    await sim.env.time.advance(600_000);
    expect(sim.requests.slice(before).filter(({ verb }) => verb !== 'watch')).toEqual([]);
  });

  it('F defect 5: a target that was scaled to 0 is adopted, and gets no weight before it has pods', async () => {
    const sim = await podinfoCluster();
    simulation = sim;
    const { loopback } = sim.cluster.server;
    sim.scaleTarget(0);
    await sim.env.time.advance(20_000);
    sim.startOperator();
    sim.adopt();
    await sim.untilAdopted('Released');
    expect(sim.deployment('podinfo-primary')?.spec?.replicas).toBe(1);
    const early: (number | undefined)[] = [];
    loopback.watch(VirtualService, () => {
      if ((sim.deployment()?.status?.readyReplicas ?? 0) === 0) early.push(sim.share);
    });
    // Nobody was served before, so nothing has drained while the routes went out.
    await sim.env.time.advance(1_000);
    sim.sendRequests('/hello', 200);
    sim.release('v2');
    await sim.untilAdopted('Starting');
    await sim.untilAdopted('Released');
    expect(sim.adopted()?.status?.releasedImage).toBe(image('v2'));
    expect(early.filter((share) => share !== 0)).toEqual([]);
    expect(sim.failures()).toEqual([]);
  });

  it('F defect 6: what a newer API server fills in is no new revision', async () => {
    const sim = await adopted();
    const { loopback } = sim.cluster.server;
    await sim.stopOperators();
    for (const name of ['podinfo', 'podinfo-primary']) {
      const live = loopback.get(Deployment, named(name));
      const pod = { ...live?.spec?.template.spec, securityContext: { supplementalGroupsPolicy: 'Merge' } };
      const template = { ...live?.spec?.template, spec: pod };
      loopback.update(Deployment, { ...live, spec: { ...live?.spec, template } } as Deployment);
    }
    expect(await decisionsIn(sim, 60_000)).toEqual([]);
    expect(sim.adopted()?.status?.phase).toBe('Released');
    expect(sim.deployment()?.spec?.replicas).toBe(0);
  });

  it('F defect 6: an operator that tells revisions by other ids finds no new revision', async () => {
    const sim = await adopted();
    const { loopback } = sim.cluster.server;
    await sim.stopOperators();
    const { revision = 'none', template = 'none' } = sim.adopted()?.status?.released ?? {};
    const older = (object: object): object =>
      JSON.parse(JSON.stringify(object).replaceAll(revision, '0-older').replaceAll(template, '0-template')) as object;
    const app = sim.adopted();
    const primary = sim.deployment('podinfo-primary');
    loopback.updateStatus(CanaryApp, older(app ?? {}) as CanaryApp);
    loopback.update(Deployment, older(primary ?? {}) as Deployment);
    expect(await decisionsIn(sim, 60_000)).toEqual([]);
    expect(sim.deployment()?.spec?.replicas).toBe(0);
    sim.release('v2');
    await sim.untilShare(10);
  });

  it('F defect 7: a spec without an analysis, and with nothing but what is required, is released', async () => {
    const sim = await podinfoCluster();
    simulation = sim;
    const { targetRef } = adoptingSpec;
    sim.cluster.server.loopback.create(CanaryApp, {
      apiVersion: 'canary.atze.io/v1',
      kind: 'CanaryApp',
      metadata: podinfo,
      spec: { targetRef, service: { port: 8088 } } as unknown as CanaryAppSpec,
    });
    sim.startOperator();
    await sim.untilAdopted('Released');
    sim.release('v2');
    await sim.untilAdopted('Failed', 3_600_000);
    expect(sim.adopted()?.status?.failedRevisions?.[0]).toMatchObject({ reason: 'NoData', image: image('v2') });
    expect(sim.deployment()?.spec).toMatchObject({ template: { metadata: target('v2').spec?.template.metadata } });
  });
});
