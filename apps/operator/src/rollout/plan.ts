import type { CanaryApp } from '../api/v1/canaryapp.ts';
import { children } from './children.ts';
import { decide } from './decide.ts';
import type { Decision } from './decision.ts';
import { diff } from './diff.ts';
import type { LiveObjects } from './live-objects.ts';
import type { Mode } from './mode.ts';
import type { Observed, Obstacle } from './observed.ts';
import { emptyStatus } from './pass.ts';
import { blocked } from './stages/blocked.ts';
import type { Write } from './write.ts';

/** A decision together with the writes that carry it out, in order; the status is written before all of them. */
export interface Plan extends Decision {
  readonly writes: readonly Write[];
}

/** Everything that a plan is made from, read at one moment. */
export interface Observation extends Observed {
  readonly live: LiveObjects;
  /** False while another application has what this one claims at the ingress. */
  readonly mayClaim: boolean;
}

/** What a pass does that has no mode to go by: it says why. */
export function planBlocked(app: CanaryApp, obstacle: Obstacle, now: number): Plan {
  return { ...blocked({ now, app, status: app.status ?? emptyStatus }, obstacle), writes: [] };
}

/** What one pass does: decided from what was observed, and compared with what is there. At rest there are no writes. */
export function plan(mode: Mode, observed: Observation, now: number): Plan {
  const decision = decide(observed, mode.settings, now);
  const { uid } = observed.app.metadata;
  if (decision.intent === undefined || uid === undefined) return { ...decision, writes: [] };
  const wanted = children(mode, observed.live, decision.intent, observed.mayClaim);
  return { ...decision, writes: wanted.flatMap((child) => diff(child, uid)) };
}
