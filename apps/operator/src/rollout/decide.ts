import type { RunStage, RunStatus } from '../api/v1/canaryapp.ts';
import { lettingBe, weighContest } from './contest.ts';
import type { Decision } from './decision.ts';
import { isHeld } from './finalizer.ts';
import { obey } from './obey.ts';
import type { Observed } from './observed.ts';
import { emptyStatus, openPass, type Pass } from './pass.ts';
import { rescale, withReplicas } from './rescale.ts';
import type { Settings } from './settings.ts';
import { blocked } from './stages/blocked.ts';
import { deleting, held, released } from './stages/deleting.ts';
import { ending } from './stages/ending.ts';
import { installing } from './stages/installing.ts';
import { promoting } from './stages/promoting.ts';
import { resting } from './stages/resting.ts';
import { returning } from './stages/returning.ts';
import { restoring } from './stages/restoring.ts';
import { shifting } from './stages/shifting.ts';
import { starting } from './stages/starting.ts';

const stages: Readonly<Record<RunStage, (pass: Pass, run: RunStatus) => Decision>> = {
  Installing: installing,
  Starting: starting,
  Shifting: shifting,
  Promoting: promoting,
  Restoring: restoring,
  Ending: ending,
  // Of an application that is not deleted after all, which the API server rules out.
  Returning: ending,
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
 *     (deleted) -> Returning, where traffic goes back to what was there before -> gone
 *
 * @param now the wall clock, milliseconds since the epoch.
 */
export function decide(observed: Observed, settings: Settings, now: number): Decision {
  const { app } = observed;
  if (app.metadata.deletionTimestamp !== undefined) return decideEnd(observed, settings, now);
  if (settings.returnsTraffic && !isHeld(app)) return held(app);
  const opened = openPass(observed, settings, now);
  if (!('wanted' in opened)) return blocked({ now, app, status: app.status ?? emptyStatus, observed }, opened);
  const pass = weighContest(obey(opened));
  const { obstacle } = pass.observed;
  if (obstacle?.stops === 'all' && !sendsTraffic(pass)) return blocked(pass, obstacle);
  return staged(rescale(pass));
}

function staged(pass: Pass): Decision {
  const { run } = pass;
  const decision = run === undefined ? resting(pass) : stages[run.stage](pass, run);
  return withReplicas(pass, lettingBe(pass, decision));
}

/** What is decided about an application that is being deleted. */
function decideEnd(observed: Observed, settings: Settings, now: number): Decision {
  const { app } = observed;
  if (!isHeld(app)) return deleting(app);
  const pass = openPass(observed, settings, now);
  return 'wanted' in pass ? withReplicas(pass, returning(pass)) : released(app);
}

/** A run with traffic on secondary goes on being judged, whatever stands in its way: only raising stops. */
function sendsTraffic(pass: Pass): boolean {
  return pass.run !== undefined && (pass.run.step > 0 || (pass.observed.weight ?? 0) > 0);
}
