import { Deployment } from '@canaryop/reconcile/kinds';
import type { KubernetesObject, ResourceKind } from '@canaryop/reconcile/object';

import { HTTPRoute } from '../../src/traffic/gateway-api/kinds.ts';
import { weightOfRoute } from '../../src/traffic/gateway-api/http-route.ts';
import { kindOf } from '../manifests/install.ts';
import { adoptingSpec, AdoptedSimulation, named, podinfo, services, target } from './adopted-simulation.ts';
import { twoColours } from './service-simulation.ts';
import { appKey, type SimulationOptions } from './simulated-cluster.ts';

/** How podinfo is released where the Gateway API routes. */
export const byRoute = { traffic: { router: 'gateway-api' }, service: adoptingSpec.service } as const;

/** The Gateway of somebody else, which takes what comes in at port 80. */
export function gateway(hostname?: string, gatewayClassName = 'istio'): KubernetesObject & { readonly spec: object } {
  const listener = { name: 'http', port: 80, protocol: 'HTTP', allowedRoutes: { namespaces: { from: 'All' } } };
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: named('public'),
    spec: { gatewayClassName, listeners: [hostname === undefined ? listener : { ...listener, hostname }] },
  };
}

/** A simulation in which an HTTPRoute shares requests out, and nothing of Istio is installed. */
export class GatewaySimulation extends AdoptedSimulation {
  constructor(options: SimulationOptions = {}) {
    super({ istio: false, gatewayApi: true, ...options });
  }

  override get routeKinds(): readonly ResourceKind[] {
    return [HTTPRoute];
  }

  get route(): HTTPRoute | undefined {
    return this.cluster.server.loopback.get(HTTPRoute, podinfo);
  }

  override get share(): number | undefined {
    return this.route && weightOfRoute(this.route, services);
  }

  /** Secondary's share of an image. */
  override get weight(): number | undefined {
    const live = this.cluster.server.loopback.get(HTTPRoute, appKey);
    return live && weightOfRoute(live, { primary: `${appKey.name}-primary`, secondary: `${appKey.name}-secondary` });
  }

  /** Changes the Gateway as its owner would. */
  setGateway(wanted: ReturnType<typeof gateway>): void {
    const { loopback } = this.cluster.server;
    const live = loopback.get(kindOf(wanted), wanted.metadata);
    loopback.update(kindOf(wanted), { ...wanted, metadata: live?.metadata ?? wanted.metadata });
  }
}

/** A cluster with a Gateway, in which somebody runs podinfo, and no operator yet. */
export async function gatewayCluster(options: SimulationOptions = {}): Promise<GatewaySimulation> {
  const sim = imageGatewayCluster(options);
  sim.cluster.server.loopback.create(Deployment, target('v1'));
  await sim.env.time.advance(5_000);
  return sim;
}

/** A cluster with a Gateway and nothing else. */
export function imageGatewayCluster(options: SimulationOptions = {}): GatewaySimulation {
  const sim = new GatewaySimulation(options);
  sim.cluster.server.loopback.create(kindOf(gateway()), gateway());
  return sim;
}

/** The same with a Service of podinfo that leads to one of two Deployments. */
export async function gatewayServiceCluster(options: SimulationOptions = {}): Promise<GatewaySimulation> {
  const sim = await gatewayCluster(options);
  await twoColours(sim);
  return sim;
}
