import { present, type ObjectMeta } from '@canaryop/reconcile/object';

import { shareAmong, type Pair } from '../shares.ts';
import { gatewayGroup, type HTTPRoute, type ParentReference } from './kinds.ts';

const everyHost = '*';

/** What an HTTPRoute says. */
export interface Route {
  /** Gateways, as name or namespace/name. */
  readonly gateways: readonly string[];
  readonly hosts: readonly string[];
  /** The Services, by name. */
  readonly services: Pair<string>;
  readonly port: number;
  /** Secondary's share, 0..100. */
  readonly weight: number;
}

/**
 * The route between two Services. What the CRD would fill in is written out, so that the object reads as it was written.
 */
export function httpRouteOf(metadata: ObjectMeta, { gateways, hosts, services, port, weight }: Route): HTTPRoute {
  return httpRoute(metadata, gateways.map(parentOf), hosts.includes(everyHost) ? undefined : hosts, {
    services,
    port,
    weight,
  });
}

/** The route with another weight and port, attached where it is. */
export function reweighted(
  metadata: ObjectMeta,
  { spec }: HTTPRoute,
  to: Omit<Route, 'gateways' | 'hosts'>,
): HTTPRoute {
  return httpRoute(metadata, spec.parentRefs, spec.hostnames, to);
}

function httpRoute(
  metadata: ObjectMeta,
  parentRefs: readonly ParentReference[],
  hostnames: readonly string[] | undefined,
  { services, port, weight }: Omit<Route, 'gateways' | 'hosts'>,
): HTTPRoute {
  const to = (name: string, share: number) => ({ group: '', kind: 'Service', name, port, weight: share });
  const rule = {
    matches: [{ path: { type: 'PathPrefix', value: '/' } }],
    // Both are always there, so that a repair has the whole list to write.
    backendRefs: [to(services.primary, 100 - weight), to(services.secondary, weight)],
  };
  return {
    apiVersion: `${gatewayGroup}/v1`,
    kind: 'HTTPRoute',
    metadata,
    spec: { parentRefs, ...present({ hostnames }), rules: [rule] },
  };
}

function parentOf(gateway: string): ParentReference {
  const [first = '', second] = gateway.split('/');
  const parent = { group: gatewayGroup, kind: 'Gateway' };
  return second === undefined ? { ...parent, name: first } : { ...parent, namespace: first, name: second };
}

/** Secondary's share as the route says it; undefined when it is not the one that we write. */
export function weightOfRoute(route: HTTPRoute, services: Pair<string>): number | undefined {
  return shareAmong(
    backendsOf(route).map(({ name, weight = 1 }) => ({ name, weight })),
    services,
  );
}

/** The port that the route names. */
export function routedPort(route: HTTPRoute): number | undefined {
  return backendsOf(route)[0]?.port;
}

function backendsOf(route: HTTPRoute) {
  // Of somebody else's object no more than its name may be known.
  const { rules }: Partial<HTTPRoute['spec']> = route.spec ?? {};
  return rules?.length === 1 ? (rules[0]?.backendRefs ?? []) : [];
}
