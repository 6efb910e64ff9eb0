import type { LiveObjects } from '../rollout/live-objects.ts';
import type { RoutedWeight, Router } from './router.ts';

/**
 * No routes at all: requests go to any pod that is ready, so that the share of the pods is the share of the traffic. The
 * target has the counts; here they are only read.
 */
export function podShares(weight: (live: LiveObjects) => RoutedWeight): Router {
  return {
    kinds: [],
    reads: [],
    owned: [],
    claims: [],
    obstacle: () => undefined,
    weight,
    children: () => ({ foundations: [], routes: [], standsAlone: true }),
  };
}
