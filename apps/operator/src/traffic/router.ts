import type { ResourceKind } from '@canaryop/reconcile/object';

import type { Intent } from '../rollout/decision.ts';
import type { LiveObjects, ObjectRef } from '../rollout/live-objects.ts';
import type { Obstacle } from '../rollout/observed.ts';
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

/** Routes that are written and not known to be followed. */
export interface Unconfirmed {
  /** For people: who does not follow which route, and why. */
  readonly message: string;
  /** Whether somebody refused to follow them, rather than not having said anything yet. */
  readonly isRefused: boolean;
}

/**
 * Who gets which requests. A router of one application is two pure functions: from an intent to objects, and from
 * objects to secondary's share.
 */
export interface Router {
  /** Kinds that have to be served before anything is written. */
  readonly kinds: readonly ResourceKind[];
  /** Objects of others that it reads in full. */
  readonly reads: readonly ObjectRef[];
  /** The names that the router's own objects take. Objects of others in their place are never touched. */
  readonly owned: readonly ObjectRef[];
  /** What the application asks for at the ingress, and only one application can have. */
  readonly claims: readonly string[];
  /** What stands in its way, beside objects of others in the place of its own. */
  obstacle(live: LiveObjects): Obstacle | undefined;
  /** Secondary's share as the routes say, 0..100. */
  weight(live: LiveObjects): RoutedWeight;
  /**
   * Why it is not known that requests go as the routes say, for routers whose routes somebody else confirms. Undefined
   * when it is known, or there are no routes.
   */
  unconfirmed?(live: LiveObjects): Unconfirmed | undefined;
  /** @param mayClaim false while another application has what this one claims: routes stay, but for their weights */
  children(live: LiveObjects, intent: Intent, mayClaim: boolean): RouterChildren;
}
