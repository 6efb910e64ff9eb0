import { afterEach, describe, expect, it } from 'vitest';

import { Simulation } from './simulated-cluster.ts';

let simulation: Simulation | undefined;

afterEach(async () => {
  await simulation?.stop();
  simulation = undefined;
});

describe('what the operator asks of the API server, of a hundred applications', () => {
  // Eleven virtual minutes of a hundred applications: 9 s on two cores that do nothing else.
  it('is nothing at rest', { timeout: 60_000 }, async () => {
    simulation = new Simulation();
    simulation.startOperator();
    for (let index = 0; index < 100; index += 1)
      simulation.createApp({ service: { hosts: [`app-${index}.example.com`] } }, `app-${index}`);
    await simulation.env.time.advance(60_000);
    const before = simulation.requests.length;
    await simulation.env.time.advance(600_000);
    expect(simulation.requests.slice(before).filter(({ verb }) => verb !== 'watch')).toEqual([]);
  });
});
