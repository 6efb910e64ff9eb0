import { Service } from '@canaryop/reconcile/kinds';

import { VirtualService } from '../../src/traffic/istio/kinds.ts';
import { podinfo, podinfoCluster, type AdoptedSimulation } from './adopted-simulation.ts';
import type { SimulationOptions } from './simulated-cluster.ts';

/** A spec that releases podinfo by the ratio of its pods, whose times are short. */
export const ratioSpec = {
  traffic: { router: 'replicas' },
  service: { hosts: ['*'] },
  strategy: {
    stepPercent: 25,
    breakpointPercent: 50,
    abortSeconds: 60,
    maxStepSeconds: 4,
    checkIntervalSeconds: 2,
    maxFailures: 2,
  },
  analysis: { success: [{ expr: 'vector(1)' }] },
  deploymentReadyWaitTime: 1,
  drainSeconds: 1,
};

/** A cluster in which somebody runs four pods of podinfo behind a Service and routes of their own, and no operator yet. */
export async function ratioCluster(options: SimulationOptions = {}): Promise<AdoptedSimulation> {
  const sim = await podinfoCluster(options);
  const { loopback } = sim.cluster.server;
  loopback.create(Service, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: podinfo,
    spec: {
      selector: { app: 'podinfo' },
      ports: [{ name: 'http', port: 9898, targetPort: 8088, protocol: 'TCP' }],
    },
  });
  loopback.create(VirtualService, {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: podinfo,
    spec: {
      hosts: ['*'],
      gateways: ['public'],
      http: [{ route: [{ destination: { host: 'podinfo', port: { number: 9898 } }, weight: 100 }] }],
    },
  });
  sim.scaleTarget(4);
  await sim.env.time.advance(5_000);
  return sim;
}
