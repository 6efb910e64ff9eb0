import { shareAmong, type Pair } from '../shares.ts';
import type { RouteDestination, VirtualService } from './kinds.ts';

type Destination = RouteDestination['destination'];

/**
 * The routes that share all requests out between two destinations. Both are always there, and their weights sum to 100,
 * so that a repair has the whole list to write.
 * @param weight secondary's share, 0..100
 */
export function sharedOut({ primary, secondary }: Pair<Destination>, weight: number): VirtualService['spec']['http'] {
  const route = (destination: Destination, share: number): RouteDestination => ({ destination, weight: share });
  return [{ route: [route(primary, 100 - weight), route(secondary, weight)] }];
}

/**
 * Secondary's share as a VirtualService says it; undefined when its routes are not the two that we write, so that
 * nothing is concluded from what we do not understand.
 * @param nameOf what tells one destination from the other, and `names` how it reads
 */
export function shareOf(
  virtualService: VirtualService,
  nameOf: (destination: Destination) => string | undefined,
  names: Pair<string>,
): number | undefined {
  // Of somebody else's object no more than its name may be known.
  const { http }: Partial<VirtualService['spec']> = virtualService.spec ?? {};
  const routes = http?.length === 1 ? (http[0]?.route ?? []) : [];
  const shares = routes.map(({ destination, weight = 0 }) => ({ name: nameOf(destination), weight }));
  return shareAmong(shares, names);
}
