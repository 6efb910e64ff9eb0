import { Pod } from '@canaryop/reconcile/kinds';
import { declaredPorts, sampleHandler, serverProgram } from '@canaryop/simkube';
import { afterEach, describe, expect, it } from 'vitest';

import { VirtualService } from '../../src/traffic/istio/kinds.ts';
import { image, named, podinfoCluster, type AdoptedSimulation } from './adopted-simulation.ts';

let simulation: AdoptedSimulation | undefined;

afterEach(async () => {
  await simulation?.stop();
  simulation = undefined;
});

interface Held {
  readonly sim: AdoptedSimulation;
  /** Shares that were given while not every pod of the target was ready. */
  readonly early: readonly number[];
  /** Pods of v2 that start from now on never become ready, or do. */
  readonly sicken: (isSick: boolean) => void;
}

/** Podinfo, at 20 % of a release of v2. */
async function atTwenty(): Promise<Held> {
  let isSick = false;
  const program = serverProgram(declaredPorts, sampleHandler('v2'));
  const sim = await podinfoCluster({
    world: { images: [{ match: /:v2$/, behaviour: () => ({ isNeverReady: isSick, program }) }] },
  });
  simulation = sim;
  sim.startOperator();
  sim.adopt();
  await sim.untilAdopted('Released');
  sim.sendRequests('/hello', 200);
  sim.release('v2');
  await sim.untilShare(20);
  const early: number[] = [];
  let before = 20;
  sim.cluster.server.loopback.watch(VirtualService, () => {
    const { spec, status } = sim.deployment() ?? {};
    const share = sim.share ?? 0;
    if (share > before && (status?.readyReplicas ?? 0) < (spec?.replicas ?? 1)) early.push(share);
    before = share;
  });
  return { sim, early, sicken: (sick) => (isSick = sick) };
}

/** Ends one pod of the target, so that the Deployment makes another. */
function endPod({ cluster }: AdoptedSimulation): void {
  const { loopback } = cluster.server;
  const pod = loopback.list(Pod).find(({ metadata }) => metadata.labels?.['app'] === 'podinfo');
  if (pod !== undefined) loopback.delete(Pod, named(pod.metadata.name));
}

async function untilReleased({ sim, early }: Held): Promise<void> {
  await sim.env.time.until(() => sim.adopted()?.status?.releasedImage === image('v2'), 600_000);
  expect(early).toEqual([]);
  expect(sim.failures()).toEqual([]);
}

describe('a release keeps its weight', () => {
  it('while an autoscaler gives the target more pods', async () => {
    const held = await atTwenty();
    const { sim, sicken } = held;
    sicken(true);
    sim.scaleTarget(3);
    await sim.env.time.advance(60_000);
    expect([sim.share, sim.deployment()?.status?.readyReplicas]).toEqual([20, 1]);
    sicken(false);
    sim.scaleTarget(1);
    await untilReleased(held);
  });

  it('while a pod of the target is not well', async () => {
    const held = await atTwenty();
    const { sim, sicken } = held;
    sim.scaleTarget(2);
    await sim.untilShare(30);
    sicken(true);
    endPod(sim);
    await sim.env.time.advance(60_000);
    expect([sim.share, sim.deployment()?.status?.readyReplicas]).toEqual([30, 1]);
    sicken(false);
    for (const { metadata, status } of sim.cluster.server.loopback.list(Pod)) {
      const isReady = status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true;
      if (!isReady) sim.cluster.server.loopback.delete(Pod, named(metadata.name));
    }
    await untilReleased(held);
  });
});
