import type { KubernetesObject } from '@canaryop/reconcile/object';

import { VirtualService, type Gateway } from '../../src/traffic/istio/kinds.ts';
import { shop } from './port-world.ts';

/** A Gateway that somebody else made. */
export const publicGateway: Gateway = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'Gateway',
  metadata: { ...shop, name: 'public' },
  spec: {
    selector: { istio: 'ingressgateway' },
    servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }],
  },
};

/** What a VirtualService refers to in its namespace; of anything else, nothing. */
export function refersTo(object: KubernetesObject): readonly string[] {
  if (object.kind !== VirtualService.kind) return [];
  const { gateways = [], http } = (object as VirtualService).spec;
  const destinations = http.flatMap(({ route }) => route.map(({ destination }) => destination));
  return [
    ...gateways.filter((name) => name !== 'mesh').map((name) => `Gateway ${name}`),
    ...destinations.map(({ host }) => `Service ${host}`),
    ...destinations.filter(({ subset }) => subset !== undefined).map(({ host }) => `DestinationRule ${host}`),
  ];
}

/** A VirtualService to whose routes somebody has added one. */
export function withThirdRoute(object: KubernetesObject): KubernetesObject {
  const { spec, ...rest } = object as VirtualService;
  const [first] = spec.http;
  const route = [...(first?.route ?? []), { destination: { host: 'other' }, weight: 0 }];
  return { ...rest, spec: { ...spec, http: [{ ...first, route }] } } as KubernetesObject;
}
