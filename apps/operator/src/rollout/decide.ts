import { ownedSpec, type RunStage, type RunStatus } from '../api/v1/canaryapp.ts';
import { Reason } from '../api/v1/reasons.ts';
import type { Decision } from './decision.ts';
import type { Observed, Obstacle } from './observed.ts';
import { emptyStatus, openPass, type Pass } from './pass.ts';
import { blocked } from './stages/blocked.ts';
import { deleting } from './stages/deleting.ts';
import { ending } from './stages/ending.ts';
import { installing } from './stages/installing.ts';
import { promoting } from './stages/promoting.ts';
import { resting } from './stages/resting.ts';
import { restoring } from './stages/restoring.ts';
import { shifting } from './stages/shifting.ts';
import { starting } from './stages/starting.ts';

const unsupported: Obstacle = {
  reason: Reason.TargetUnsupported,
  message: 'targetRef is not supported by this version of the operator; set image and its companions instead',
  stops: 'all',
};

const stages: Readonly<Record<RunStage, (pass: Pass, run: RunStatus) => Decision>> = {
  Installing: installing,
  Starting: starting,
  Shifting: shifting,
  Promoting: promoting,
  Restoring: restoring,
  Ending: ending,
};

/**
 * The whole operator as one pure function: what to record, what the cluster should look like, what to measure and
 * when to look again. Every branch between stages is here or in `resting`; a stage says only what it does itself.
 *
 *     (nothing) -> Installing -> at rest -> Starting -> Shifting -> Promoting -> Ending -> at rest
 *                                              |            |           |          ^
 *                                              +--- failed or cancelled-+          |
 *                                                           |           Restoring -+
 *                                                           +----------------------+
 *
 * @param now the wall clock, milliseconds since the epoch.
 */
export function decide(observed: Observed, now: number): Decision {
  const { app } = observed;
  if (app.metadata.deletionTimestamp !== undefined) return deleting(app);
  const spec = ownedSpec(app);
  if (spec === undefined) return blocked({ now, app, status: app.status ?? emptyStatus }, unsupported);
  const pass = openPass(observed, spec, now);
  if (observed.obstacle?.stops === 'all' && !sendsTraffic(pass)) return blocked(pass, observed.obstacle);
  const { run } = pass;
  if (run === undefined) return resting(pass);
  return stages[run.stage](pass, run);
}

/** A run with traffic on secondary goes on being judged, whatever stands in its way: only raising stops. */
function sendsTraffic(pass: Pass): boolean {
  return pass.run !== undefined && (pass.run.step > 0 || (pass.observed.weight ?? 0) > 0);
}
