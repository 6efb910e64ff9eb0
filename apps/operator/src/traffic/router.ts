import type { ResourceKind } from '@canaryop/reconcile/object';

import type { Intent } from '../rollout/decision.ts';
import type { LiveObjects, ObjectRef } from '../rollout/live-objects.ts';
import type { Child } from '../rollout/write.ts';

/** A router's objects. */
export interface RouterChildren {
  /** What the routes refer to, and therefore has to be there before them. */
  readonly foundations: readonly Child[];
  /** What carries the weights. */
  readonly routes: readonly Child[];
  /** Whether the routes as intended refer to nothing that is missing now, so that a weight may go down before all else. */
  readonly standsAlone: boolean;
}

/** `none`: there are no routes. `unclear`: nothing is concluded from what others made of them. */
export type RoutedWeight = number | 'none' | 'unclear';

/**
 * Who gets which requests. A router of one application is two pure functions: from an intent to objects, and from
 * objects to secondary's share.
 */
export interface Router {
  /** Kinds that have to be served before anything is written. */
  readonly kinds: readonly ResourceKind[];
  /** The names that the router's own objects take. Objects of others in their place are never touched. */
  readonly owned: readonly ObjectRef[];
  /** What the application asks for at the ingress, and only one application can have. */
  readonly claims: readonly string[];
  /** Secondary's share as the routes say, 0..100. */
  weight(live: LiveObjects): RoutedWeight;
  /** @param mayClaim false while another application has what this one claims: routes stay, but for their weights */
  children(live: LiveObjects, intent: Intent, mayClaim: boolean): RouterChildren;
}
