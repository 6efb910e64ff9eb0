import { Deployment, Pod } from '@canaryop/reconcile/kinds';
import { declaredPorts, sampleHandler, serverProgram, type ImageRule } from '@canaryop/simkube';
import { afterEach, describe, expect, it } from 'vitest';

import { VirtualService } from '../../src/traffic/istio/kinds.ts';
import { image, imageOf, named, podinfoCluster, type AdoptedSimulation } from './adopted-simulation.ts';
import type { SimulationOptions } from './simulated-cluster.ts';

let simulation: AdoptedSimulation | undefined;

afterEach(async () => {
  await simulation?.stop();
  simulation = undefined;
});

/** A cluster where podinfo is adopted, at rest, and has steady requests. */
async function adopted(options: SimulationOptions = {}): Promise<AdoptedSimulation> {
  const sim = await podinfoCluster(options);
  simulation = sim;
  sim.startOperator();
  sim.adopt();
  await sim.untilAdopted('Released');
  sim.sendRequests('/hello', 200);
  return sim;
}

/** Pods of a version that start, and never become ready once it is broken. */
const breakable = (version: string, isBroken: () => boolean): ImageRule => ({
  match: new RegExp(`:${version}$`),
  behaviour: () => ({
    isNeverReady: isBroken(),
    program: serverProgram(declaredPorts, sampleHandler(version)),
  }),
});

/** Whoever gets traffic, at each change of the weights, by how many pods are ready of how many there should be. */
function followCapacity(sim: AdoptedSimulation): { readonly short: string[] } {
  const short: string[] = [];
  let before = sim.share ?? 0;
  sim.cluster.server.loopback.watch(VirtualService, () => {
    const share = sim.share ?? 0;
    if (share === before) return;
    const gains = share > before ? 'podinfo' : 'podinfo-primary';
    const { spec, status } = sim.deployment(gains) ?? {};
    const needed = share > before ? Math.ceil((2 * share) / 100) : 2;
    const ready = status?.readyReplicas ?? 0;
    if (ready < needed || ready < (spec?.replicas ?? 0)) short.push(`${gains} has ${ready} pods at ${share} %`);
    before = share;
  });
  return { short };
}

/** What users of Flagger and of Argo Rollouts report (docs/peers.md). */
describe('what hurts with Flagger or Argo Rollouts does not here', () => {
  it('pain 2: every second write is a conflict, and a release comes to its end without a restart', async () => {
    let writes = 0;
    let isContended = false;
    const sim = await adopted({
      wrap: (inner) => ({
        close: () => inner.close(),
        request: async (request) => {
          const isWrite = isContended && request.method !== 'GET' && !request.url.includes('/events');
          if (isWrite && (writes += 1) % 2 === 1) return conflict();
          return inner.request(request);
        },
      }),
    });
    isContended = true;
    sim.release('v2');
    await sim.untilShare(10);
    await sim.untilAdopted('Released');
    expect(writes).toBeGreaterThan(20);
    expect(sim.adopted()?.status?.releasedImage).toBe(image('v2'));
    expect(imageOf(sim.deployment('podinfo-primary'))).toBe(image('v2'));
    expect(sim.failures()).toEqual([]);
  });

  it('pain 3: whoever gets more traffic has its pods first, in a rollout, a promotion and a rollback', async () => {
    const sim = await adopted();
    const { short } = followCapacity(sim);
    sim.release('v2');
    await sim.untilShare(50);
    await sim.untilAdopted('Released');
    sim.release('v3');
    await sim.untilShare(30);
    sim.command('abort@next#1');
    await sim.untilAdopted('Failed');
    expect(sim.share).toBe(0);
    expect(short).toEqual([]);
  });

  it('pain 4: a promotion whose primary does not come up sends nobody there, and the next release repairs it', async () => {
    let isBroken = false;
    const sim = await adopted({ world: { images: [breakable('v2', () => isBroken)] } });
    sim.release('v2');
    await sim.env.time.until(() => sim.adopted()?.status?.run?.stage === 'Promoting', 300_000);
    isBroken = true;
    await sim.untilAdopted('Failed', 1_800_000);
    expect(imageOf(sim.deployment('podinfo-primary'))).toBe(image('v1'));
    sim.release('v3');
    await sim.env.time.until(() => sim.adopted()?.status?.releasedImage === image('v3'), 600_000);
    expect(sim.failures()).toEqual([]);
  });

  it.each(['crash-loop', 'pull-error'])(
    'pain 5: pods that can’t start (%s) fail a release at once',
    async (version) => {
      const sim = await adopted();
      const shares: (number | undefined)[] = [];
      sim.cluster.server.loopback.watch(VirtualService, () => shares.push(sim.share));
      const begun = sim.env.clock.now();
      sim.release(version);
      await sim.untilAdopted('Failed');
      expect(sim.adopted()?.status?.failedRevisions?.[0]).toMatchObject({ reason: 'PodFailed' });
      expect(sim.env.clock.now() - begun).toBeLessThan(120_000);
      expect([...new Set(shares)].filter((share) => share !== 0)).toEqual([]);
      expect(sim.failures()).toEqual([]);
    },
  );

  it('pain 9: a primary that lost its pods holds up no release that repairs it', async () => {
    let isBroken = false;
    const sim = await adopted({ world: { images: [breakable('v1', () => isBroken)] } });
    isBroken = true;
    const { loopback } = sim.cluster.server;
    for (const { metadata } of loopback.list(Pod))
      if (metadata.labels?.['app'] === 'podinfo-primary') loopback.delete(Pod, named(metadata.name));
    await sim.env.time.until(() => (sim.deployment('podinfo-primary')?.status?.readyReplicas ?? 0) === 0, 60_000);
    sim.release('v2');
    await sim.env.time.until(() => sim.adopted()?.status?.releasedImage === image('v2'), 600_000);
    expect(sim.deployment('podinfo-primary')?.status?.readyReplicas).toBe(2);
  });

  it('pain 11: an aborted release loses its traffic, then its pods, is not scaled up again, and retry releases it', async () => {
    const sim = await adopted();
    sim.release('v2');
    await sim.untilShare(30);
    sim.command('abort@next#1');
    await sim.untilShare(0);
    const counts: (number | undefined)[] = [];
    const unwatch = sim.cluster.server.loopback.watch(Deployment, ({ object }) => {
      if (object.metadata.name === 'podinfo') counts.push(object.spec?.replicas);
    });
    await sim.untilAdopted('Failed');
    await sim.env.time.advance(60_000);
    unwatch();
    expect([...new Set(counts)]).toEqual([1, 0]);
    sim.command('retry@next#2');
    await sim.untilShare(10);
    await sim.untilAdopted('Released');
    expect(sim.adopted()?.status?.releasedImage).toBe(image('v2'));
    expect(sim.failures()).toEqual([]);
  });
});

function conflict() {
  const status = {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    reason: 'Conflict',
    code: 409,
    message: 'the object has been modified; please apply your changes to the latest version and try again',
  };
  return {
    status: 409,
    headers: { 'content-type': 'application/json' },
    body: (async function* () {
      yield new TextEncoder().encode(JSON.stringify(status));
    })(),
  };
}
