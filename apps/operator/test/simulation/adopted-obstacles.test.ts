import { afterEach, describe, expect, it } from 'vitest';

import { VirtualService } from '../../src/traffic/istio/kinds.ts';
import { podinfo, podinfoCluster, type AdoptedSimulation } from './adopted-simulation.ts';

let simulation: AdoptedSimulation | undefined;

afterEach(async () => {
  await simulation?.stop();
  simulation = undefined;
});

describe('what stands in the way of an adoption', () => {
  it('is said when it is somebody’s VirtualService of that name, and work begins when it is gone', async () => {
    simulation = await podinfoCluster();
    const sim = simulation;
    const { loopback } = sim.cluster.server;
    const theirs: VirtualService = {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: podinfo,
      spec: { hosts: ['podinfo'], http: [{ route: [{ destination: { host: 'podinfo' } }] }] },
    };
    loopback.create(VirtualService, theirs);
    sim.startOperator();
    sim.adopt();
    await sim.env.time.until(() => sim.condition('Stalled')?.reason === 'ForeignObject', 60_000);
    expect(loopback.get(VirtualService, podinfo)?.spec).toEqual(theirs.spec);
    expect(sim.deployment('podinfo-primary')).toBeUndefined();
    loopback.delete(VirtualService, podinfo);
    await sim.untilAdopted('Released');
  });
});
