import type { RouteDestination, VirtualService } from './kinds.ts';

type Destination = RouteDestination['destination'];

/** One thing for each workload. */
export interface Pair<T> {
  readonly primary: T;
  readonly secondary: T;
}

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
  if (routes.length !== 2) return undefined;
  const weightTo = (name: string): number | undefined => {
    const found = routes.find(({ destination }) => nameOf(destination) === name);
    return found === undefined ? undefined : (found.weight ?? 0);
  };
  const primary = weightTo(names.primary);
  const secondary = weightTo(names.secondary);
  if (primary === undefined || secondary === undefined || primary + secondary !== 100) return undefined;
  return secondary >= 0 && secondary <= 100 ? secondary : undefined;
}
