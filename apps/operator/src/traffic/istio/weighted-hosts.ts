import { present, type ObjectMeta } from '@canaryop/reconcile/object';

import type { Pair } from '../shares.ts';
import type { VirtualService } from './kinds.ts';
import { shareOf, sharedOut } from './two-routes.ts';

/** What the routes between two Services say. */
export interface WeightedHosts {
  readonly hosts: readonly string[];
  readonly gateways?: readonly string[];
  /** The Services, by name. */
  readonly primary: string;
  readonly secondary: string;
  readonly port: number;
  /** Secondary's share, 0..100. */
  readonly weight: number;
}

/** Routes between the two Services. */
export function weightedRoutes(metadata: ObjectMeta, routes: WeightedHosts): VirtualService {
  const { hosts, gateways, primary, secondary, port, weight } = routes;
  const to = (host: string) => ({ host, port: { number: port } });
  const http = sharedOut({ primary: to(primary), secondary: to(secondary) }, weight);
  const reachedAt = present({ hosts, gateways });
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata,
    spec: { ...reachedAt, http },
  };
}

/** Secondary's share as the routes between the Services say; undefined when they are not those that we write. */
export function weightOfHosts(virtualService: VirtualService, services: Pair<string>): number | undefined {
  return shareOf(virtualService, ({ host }) => host, services);
}
