import type { KubernetesObject } from '@canaryop/reconcile/object';

import { HTTPRoute } from '../../src/traffic/gateway-api/kinds.ts';
import { shop } from './port-world.ts';

/** A Gateway of the Gateway API that somebody else made. */
export const apiGateway: KubernetesObject & { readonly spec: unknown } = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'Gateway',
  metadata: { ...shop, name: 'public' },
  spec: {
    gatewayClassName: 'istio',
    listeners: [{ name: 'http', port: 80, protocol: 'HTTP', allowedRoutes: { namespaces: { from: 'All' } } }],
  },
};

/** What an HTTPRoute refers to in its namespace; of anything else, nothing. */
export function routeRefersTo(object: KubernetesObject): readonly string[] {
  if (object.kind !== HTTPRoute.kind) return [];
  const { parentRefs, rules } = (object as HTTPRoute).spec;
  const backends = rules.flatMap(({ backendRefs = [] }) => backendRefs);
  return [...parentRefs.map(({ name }) => `Gateway ${name}`), ...backends.map(({ name }) => `Service ${name}`)];
}

/** An HTTPRoute to whose backends somebody has added one. */
export function withThirdBackend(object: KubernetesObject): KubernetesObject {
  const { spec, ...rest } = object as HTTPRoute;
  const [first] = spec.rules;
  const backendRefs = [...(first?.backendRefs ?? []), { name: 'other', port: 80, weight: 0 }];
  return { ...rest, spec: { ...spec, rules: [{ ...first, backendRefs }] } } as KubernetesObject;
}
