import { afterEach, describe, expect, it } from 'vitest';

import { Simulation } from './simulated-cluster.ts';

let simulation: Simulation | undefined;

afterEach(async () => {
  await simulation?.stop();
  simulation = undefined;
});

describe('what the operator asks of the API server', () => {
  it('is at most 24 writes and 8 events for a rollout in five steps, and no GET or LIST', async () => {
    simulation = new Simulation();
    simulation.startOperator();
    simulation.createApp();
    await simulation.untilPhase('Released');
    await simulation.env.time.advance(5_000);
    const before = simulation.requests.length;
    simulation.edit({ image: 'go-status-code-server:v2' });
    await simulation.env.time.advance(10_000);
    await simulation.untilPhase('Released');
    const requests = simulation.requests.slice(before).filter(({ verb }) => verb !== 'watch');
    const events = requests.filter(({ resource }) => resource === 'events');
    const writes = requests.filter(({ resource, verb }) => resource !== 'events' && !['get', 'list'].includes(verb));
    expect(requests.filter(({ verb }) => verb === 'get' || verb === 'list')).toEqual([]);
    expect(requests.filter(({ code }) => code >= 400)).toEqual([]);
    expect(events.length).toBeLessThanOrEqual(8);
    expect(writes.map(({ verb, resource, subresource }) => `${verb} ${resource} ${subresource}`)).toHaveLength(23);
  });
});
