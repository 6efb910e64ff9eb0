import { Deployment, Service } from '@canaryop/reconcile/kinds';
import { afterEach, describe, expect, it } from 'vitest';

import { CanaryApp } from '../../src/api/v1/canaryapp.ts';
import { ServiceEntry } from '../../src/targets/service/external-name.ts';
import { VirtualService } from '../../src/traffic/istio/kinds.ts';
import { named, podinfo, type AdoptedSimulation } from './adopted-simulation.ts';
import { lead, serviceCluster, serviceFor } from './service-simulation.ts';

let simulation: AdoptedSimulation | undefined;

afterEach(async () => {
  await simulation?.stop();
  simulation = undefined;
});

/** What is judged by whom it serves: Services have no workload of their own. */
const spec = {
  targetRef: { apiVersion: 'v1', kind: 'Service', name: 'podinfo' },
  analysis: { intervalSeconds: 10, threshold: 2, metrics: [{ name: 'errors', query: 'vector(0)', max: 0 }] },
};

async function adopted(more: object = {}): Promise<AdoptedSimulation> {
  const sim = await serviceCluster();
  simulation = sim;
  sim.startOperator();
  sim.adopt({ ...spec, ...more });
  await sim.untilAdopted('Released');
  await sim.env.time.advance(2_000);
  return sim;
}

const service = (sim: AdoptedSimulation, name: string): Service | undefined =>
  sim.cluster.server.loopback.get(Service, named(name));

describe('an adopted Service', () => {
  it('keeps what it is, and has two Services of ours beside it', async () => {
    const sim = await adopted();
    expect(service(sim, 'podinfo')?.spec?.selector).toEqual({ app: 'podinfo-blue' });
    expect(service(sim, 'podinfo-primary')?.spec?.selector).toEqual({ app: 'podinfo-blue' });
    expect(service(sim, 'podinfo-canary')?.spec?.selector).toEqual({ app: 'podinfo-blue' });
    expect(sim.share).toBe(0);
  });

  it('shifts its traffic to where it leads now, and touches no workload', async () => {
    const sim = await adopted();
    const before = sim.cluster.server.loopback.list(Deployment);
    sim.sendRequests('/hello');
    lead(sim, serviceFor('green'));
    const shares: (number | undefined)[] = [];
    const unwatch = sim.cluster.server.loopback.watch(VirtualService, () => shares.push(sim.share));
    await sim.untilShare(10);
    expect(service(sim, 'podinfo-canary')?.spec?.selector).toEqual({ app: 'podinfo-green' });
    await sim.untilAdopted('Released');
    unwatch();
    expect(shares).toEqual([0, 10, 20, 30, 40, 50, 0]);
    expect(service(sim, 'podinfo-primary')?.spec?.selector).toEqual({ app: 'podinfo-green' });
    expect(sim.cluster.server.loopback.list(Deployment).map(({ metadata }) => metadata.generation)).toEqual(
      before.map(({ metadata }) => metadata.generation),
    );
    expect(sim.answers.at(-1)?.body).toContain('v2');
    expect(sim.failures()).toEqual([]);
  });

  it('goes back when it fails, although the user’s Service still leads to what failed', async () => {
    const sim = await adopted({
      analysis: { ...spec.analysis, metrics: [{ name: 'errors', query: 'vector(1)', max: 0 }] },
    });
    sim.sendRequests('/hello');
    lead(sim, serviceFor('green'));
    await sim.untilShare(10);
    await sim.untilAdopted('Failed');
    expect(sim.share).toBe(0);
    expect(service(sim, 'podinfo-primary')?.spec?.selector).toEqual({ app: 'podinfo-blue' });
    expect(service(sim, 'podinfo-canary')?.spec?.selector).toEqual({ app: 'podinfo-blue' });
    await sim.env.time.advance(60_000);
    expect(sim.share).toBe(0);
    expect(sim.failures()).toEqual([]);
  });

  it('changes over at once after as many checks without traffic as iterations says', async () => {
    const sim = await adopted({ strategy: { iterations: 3 } });
    sim.sendRequests('/hello');
    lead(sim, serviceFor('green'));
    const shares: (number | undefined)[] = [];
    const unwatch = sim.cluster.server.loopback.watch(VirtualService, () => shares.push(sim.share));
    await sim.env.time.until(() => sim.adopted()?.status?.run?.iterations === 2, 120_000);
    expect(service(sim, 'podinfo-primary')?.spec?.selector).toEqual({ app: 'podinfo-blue' });
    await sim.untilAdopted('Released');
    unwatch();
    expect([...new Set(shares)]).toEqual([0]);
    expect(service(sim, 'podinfo-primary')?.spec?.selector).toEqual({ app: 'podinfo-green' });
    expect(sim.failures()).toEqual([]);
  });

  it('that leads to an external name has it made known in the mesh', async () => {
    const sim = await adopted();
    const external = { type: 'ExternalName', externalName: 'green.example.com' };
    lead(sim, { ...serviceFor('green'), spec: external });
    await sim.untilShare(10);
    const entry = sim.cluster.server.loopback.get(ServiceEntry, named('podinfo-canary'));
    expect(entry?.spec).toMatchObject({ hosts: ['green.example.com'], resolution: 'DNS' });
    expect(sim.cluster.server.loopback.get(ServiceEntry, named('podinfo-primary'))).toBeUndefined();
  });

  it('that leads where no traffic may be sent is refused, and what serves goes on', async () => {
    const sim = await adopted();
    const external = { type: 'ExternalName', externalName: '169.254.169.254' };
    lead(sim, { ...serviceFor('green'), spec: external });
    await sim.env.time.until(() => sim.condition('Stalled')?.reason === 'AddressForbidden', 60_000);
    await sim.env.time.advance(30_000);
    expect(sim.share).toBe(0);
    expect(service(sim, 'podinfo-canary')?.spec?.selector).toEqual({ app: 'podinfo-blue' });
  });

  it('is as it was when the CanaryApp is deleted, and reached all the while', async () => {
    const sim = await adopted();
    const { loopback } = sim.cluster.server;
    const before = service(sim, 'podinfo');
    loopback.delete(CanaryApp, podinfo);
    await sim.env.time.until(() => sim.adopted() === undefined, 120_000);
    await sim.env.time.advance(10_000);
    expect(service(sim, 'podinfo')).toEqual(before);
    expect(loopback.list(VirtualService)).toEqual([]);
    expect(loopback.list(Service).filter(({ metadata }) => metadata.name.startsWith('podinfo-'))).toEqual([]);
  });
});
