import { Deployment, Service } from '@canaryop/reconcile/kinds';

import { named, podinfo, podinfoCluster, target, type AdoptedSimulation } from './adopted-simulation.ts';
import type { SimulationOptions } from './simulated-cluster.ts';

/** One of two releases of podinfo that somebody runs side by side. */
export function colour(name: 'blue' | 'green', version: string): Deployment {
  const { spec } = target(version);
  const labels = { app: `podinfo-${name}` };
  const template = { ...spec?.template, metadata: { labels } };
  return {
    ...target(version),
    metadata: named(`podinfo-${name}`),
    spec: { ...spec, selector: { matchLabels: labels }, template },
  };
}

/** The Service of podinfo, which leads to one of them. */
export const serviceFor = (name: 'blue' | 'green'): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: podinfo,
  spec: {
    selector: { app: `podinfo-${name}` },
    ports: [{ name: 'http', port: 9898, targetPort: 8088, protocol: 'TCP' }],
  },
});

/** A cluster in which somebody runs both, and a Service of podinfo that leads to the blue one. */
export async function serviceCluster(options: SimulationOptions = {}): Promise<AdoptedSimulation> {
  const sim = await podinfoCluster(options);
  await twoColours(sim);
  return sim;
}

/** Puts two Deployments in the place of podinfo's, and a Service of podinfo that leads to the blue one. */
export async function twoColours(sim: AdoptedSimulation): Promise<void> {
  const { loopback } = sim.cluster.server;
  loopback.delete(Deployment, podinfo);
  loopback.create(Deployment, colour('blue', 'v1'));
  loopback.create(Deployment, colour('green', 'v2'));
  loopback.create(Service, serviceFor('blue'));
  await sim.env.time.advance(5_000);
}

/** Leads the user's Service somewhere else, as its owner would. */
export function lead(sim: AdoptedSimulation, changed: Service): void {
  const { loopback } = sim.cluster.server;
  const live = loopback.get(Service, podinfo);
  loopback.update(Service, { ...live, ...changed, metadata: live?.metadata ?? podinfo });
}
