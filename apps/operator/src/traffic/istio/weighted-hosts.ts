import type { ObjectMeta } from '@canaryop/reconcile/object';

import type { VirtualService } from './kinds.ts';

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

/** Two routes whose weights sum to 100, always both there, so that a repair has the whole list to write. */
export function weightedRoutes(metadata: ObjectMeta, routes: WeightedHosts): VirtualService {
  const { hosts, gateways, primary, secondary, port, weight } = routes;
  const route = (host: string, share: number) => ({ destination: { host, port: { number: port } }, weight: share });
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata,
    spec: {
      hosts,
      ...(gateways === undefined ? {} : { gateways }),
      http: [{ route: [route(primary, 100 - weight), route(secondary, weight)] }],
    },
  };
}

/** Secondary's share as the routes say; undefined when they are not the two that we write. */
export function weightOfHosts(
  { spec }: VirtualService,
  { primary, secondary }: { readonly primary: string; readonly secondary: string },
): number | undefined {
  const { http }: Partial<VirtualService['spec']> = spec;
  const routes = http?.length === 1 ? (http[0]?.route ?? []) : [];
  if (routes.length !== 2) return undefined;
  const share = (host: string): number | undefined => {
    const found = routes.find((route) => route.destination.host === host);
    return found === undefined ? undefined : (found.weight ?? 0);
  };
  const [stable, tried] = [share(primary), share(secondary)];
  if (stable === undefined || tried === undefined || stable + tried !== 100) return undefined;
  return tried >= 0 && tried <= 100 ? tried : undefined;
}
