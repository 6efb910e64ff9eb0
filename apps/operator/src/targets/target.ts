import type { Pod } from '@canaryop/reconcile/kinds';

import type { Role } from '../api/v1/names.ts';
import type { Revision } from '../api/v1/revision.ts';
import type { Intent } from '../rollout/decision.ts';
import type { LiveObjects, ObjectRef } from '../rollout/live-objects.ts';
import type { Observed, Obstacle, Workload } from '../rollout/observed.ts';
import type { PodSelectors } from '../rollout/pod-selectors.ts';
import type { Child } from '../rollout/write.ts';

/** What a workload is, before anybody says since when it has been ready. */
export interface WorkloadFacts extends Omit<Workload, 'readySince'> {
  /** Of the object behind it: another one begins to be ready anew. */
  readonly uid: string;
}

/** What a target reads: objects, and the pods of a workload. */
export interface Sight extends LiveObjects {
  /** The pods that a Deployment of this name made, in the application's namespace. */
  pods(deployment: string): readonly Pod[];
  /** Ready endpoints of a Service; 0 where the target does not read EndpointSlices. */
  endpoints(service: string): number;
}

/** What can be seen of a target at one moment. */
export interface TargetFacts extends Pick<Observed, 'remarks' | 'lost' | 'replicas' | 'direct'> {
  /** What the user wants to run, or why that can't be told. */
  readonly wanted: Revision | Obstacle;
  readonly primary?: WorkloadFacts;
  readonly secondary?: WorkloadFacts;
}

/**
 * What is released: the workload that serves, primary, and the one that is tried beside it, secondary. A target of one
 * application is two pure functions, from objects to facts and from an intent to objects.
 */
export interface Target {
  /** What this application asks to release, and only one application can. */
  readonly claims: readonly string[];
  /** Objects of others that it reads in full. */
  readonly reads: readonly ObjectRef[];
  /** The names of the two workloads, by which metrics tell them apart. */
  readonly workloads: Readonly<Record<Role, string>>;
  /** The names that the target's own objects take. Objects of others in their place are never touched. */
  readonly owned: readonly ObjectRef[];
  /** What stands in its way, beside objects of others in the place of its own. */
  obstacle(live: LiveObjects): Obstacle | undefined;
  observe(sight: Sight): TargetFacts;
  /**
   * What it reads of others beside `reads`, because of what it read there. Absent: nothing. A kind of these that can't be
   * read stands in nobody's way.
   */
  furtherReads?(live: LiveObjects): readonly ObjectRef[];
  /** The labels by which a Service finds the pods of each workload; undefined while that can't be told. */
  selectors(live: LiveObjects): PodSelectors | undefined;
  /** Every object of the target, in the order in which it is safe to write them. */
  children(live: LiveObjects, intent: Intent): readonly Child[];
}
