import fc from 'fast-check';
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

describe('deleting the CanaryApp at any second', () => {
  it('leaves all as it was found, whenever a release began', { timeout: 120_000 }, async () => {
    const found = founds['a Deployment, its autoscaler and its Service'];
    const seconds = fc.integer({ min: 0, max: 90 });
    await fc.assert(
      fc.asyncProperty(seconds, seconds, async (untilRelease, untilDeletion) => {
        const sim = await podinfoCluster();
        simulation = sim;
        const { left, expected, tooEarly } = await adoptAndDelete(sim, found, async () => {
          await sim.env.time.advance(untilRelease * 1_000);
          found.release(sim);
          await sim.env.time.advance(untilDeletion * 1_000);
        });
        expect(left).toEqual(expected);
        expect(tooEarly).toEqual([]);
        await sim.stop();
      }),
      { numRuns: 25 },
    );
  });
});
