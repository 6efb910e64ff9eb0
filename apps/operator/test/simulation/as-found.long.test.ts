import { afterEach, describe, expect, it } from 'vitest';

import { podinfoCluster, type AdoptedSimulation } from './adopted-simulation.ts';
import { adoptAndDelete, founds, moments } from './as-found-story.ts';

let simulation: AdoptedSimulation | undefined;

afterEach(async () => {
  await simulation?.stop();
  simulation = undefined;
});

describe.each(Object.entries(founds))('deleting the CanaryApp leaves %s', (_what, found) => {
  it.each(Object.entries(moments))('as it was found %s', async (_when, moment) => {
    const sim = await podinfoCluster();
    simulation = sim;
    const { left, expected, tooEarly } = await adoptAndDelete(sim, found, moment);
    expect(left).toEqual(expected);
    expect(tooEarly).toEqual([]);
    expect(sim.deployment()?.status?.readyReplicas).toBe(2);
  });
});
