import { Deployment } from '@canaryop/reconcile/kinds';
import { afterEach, describe, expect, it } from 'vitest';

import { CanaryApp } from '../../src/api/v1/canaryapp.ts';
import { podinfo, podinfoCluster, type AdoptedSimulation } from './adopted-simulation.ts';
import { adoptAndDelete, everything, founds, moments } from './as-found-story.ts';

let simulation: AdoptedSimulation | undefined;

afterEach(async () => {
  await simulation?.stop();
  simulation = undefined;
});

/** Of many; as-found.long.test.ts has them all. */
const chosen = [
  ['a Deployment, its autoscaler and its Service', 'in the middle of a release'],
  ['a Service with an external name', 'in the middle of a release'],
] as const;

describe('deleting the CanaryApp', () => {
  it.each(chosen)('leaves %s as it was found %s', async (what, when) => {
    const sim = await podinfoCluster();
    simulation = sim;
    const { left, expected, tooEarly } = await adoptAndDelete(sim, founds[what], moments[when]);
    expect(left).toEqual(expected);
    expect(tooEarly).toEqual([]);
  });

  it('lets go at once when its finalizer is taken away by hand: ours goes, and nothing of the user’s', async () => {
    const sim = await podinfoCluster();
    simulation = sim;
    const { loopback } = sim.cluster.server;
    const found = founds['a Deployment'];
    const before = everything(sim);
    sim.startOperator();
    sim.adopt(found.spec);
    await sim.untilAdopted('Released');
    await sim.stopOperators();
    loopback.delete(CanaryApp, podinfo);
    const held = sim.adopted();
    expect(held?.metadata.finalizers).toEqual(['canary.atze.io/return-traffic']);
    loopback.update(CanaryApp, { ...held, metadata: { ...held?.metadata, finalizers: [] } } as unknown as CanaryApp);
    await sim.env.time.advance(60_000);
    const target = before['Deployment podinfo'] as Deployment;
    expect(everything(sim)).toEqual({
      ...before,
      'Deployment podinfo': { ...target, spec: { ...target.spec, replicas: 0 } },
    });
  });

  it('is not held up by an autoscaler that wants fewer pods all the while', async () => {
    const sim = await podinfoCluster();
    simulation = sim;
    const { prepare, spec, release } = founds['a Deployment and its autoscaler'];
    prepare(sim);
    sim.startOperator();
    // It looks more often than pods take to settle.
    sim.adopt({ ...spec, deploymentReadyWaitTime: 20 });
    await sim.untilAdopted('Released');
    sim.sendRequests('/hello', 200);
    release(sim);
    await sim.untilShare(20);
    sim.cluster.server.loopback.delete(CanaryApp, podinfo);
    const stop = everyFifteenSeconds(sim, () => {
      const live = sim.deployment();
      if ((live?.spec?.replicas ?? 0) > 1)
        sim.cluster.server.loopback.update(Deployment, { ...live, spec: { ...live?.spec, replicas: 1 } } as Deployment);
    });
    await sim.env.time.until(() => sim.adopted() === undefined, 300_000);
    stop();
  });
});

function everyFifteenSeconds(sim: AdoptedSimulation, look: () => void): () => void {
  let cancel = (): void => undefined;
  const next = (): void => {
    cancel = sim.env.timers.schedule(15_000, () => {
      look();
      next();
    });
  };
  next();
  return () => {
    cancel();
  };
}
