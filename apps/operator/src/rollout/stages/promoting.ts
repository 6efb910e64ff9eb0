import type { Certificate, RunStatus } from '../../api/v1/canaryapp.ts';
import { Reason } from '../../api/v1/reasons.ts';
import type { Revision } from '../../api/v1/revision.ts';
import { askedBy } from '../command.ts';
import { conclude } from '../conclude.ts';
import type { Decision, Intent, Notice } from '../decision.ts';
import { both } from '../intents.ts';
import type { Obstacle } from '../observed.ts';
import { timeOf, type Pass } from '../pass.ts';
import { releaseRecord, revisionOfRun } from '../revision-record.ts';
import { timestamp } from '../timestamp.ts';
import { obstacleNotices } from './blocked.ts';
import { deadlineOf, lateFailure, recordOf } from './failing.ts';
import { clearingMessage } from './clearing-message.ts';
import { cancel } from './resting.ts';
import { keptStep } from './kept-step.ts';

/**
 * Records the promotion with the certificate of exactly this revision; primary changes only because of that record.
 * @param by.command the id of the request, when a user promoted without waiting for the checks.
 */
export function promote(
  pass: Pass,
  run: RunStatus,
  released: Revision,
  by: { readonly command?: string; readonly notices?: readonly Notice[] },
): Decision {
  const time = timestamp(pass.now);
  const certificate: Certificate =
    by.command === undefined
      ? { kind: 'passed', detail: `the check at ${run.step} % passed`, time }
      : { kind: 'override', detail: `promote, request ${by.command}${askedBy(pass.app)}`, time };
  const recorded: RunStatus = { ...run, stage: 'Promoting', stageSince: time, certificate };
  const message = `${run.image} goes to primary (${certificate.detail})`;
  return conclude(pass, {
    phase: 'Promoting',
    progress: 'working',
    reason: Reason.PromotionStarted,
    message,
    changes: { run: recorded, ...(by.command === undefined ? {} : { lastCommand: by.command }) },
    intent: intentOf(pass, recorded, released, run.step),
    notices: [...(by.notices ?? []), { type: 'Normal', reason: Reason.PromotionStarted, message }],
    wakeAt: pass.now + pass.settings.deadlineMs,
  });
}

/** Primary gets the judged revision and is ready and settled before the traffic of secondary comes to it. */
export function promoting(pass: Pass, run: RunStatus): Decision {
  const { released, observed, now } = pass;
  if (released === undefined || run.certificate === undefined) return cancel(pass, run, released ?? pass.wanted);
  const { settings } = pass;
  const { primary } = observed;
  const arrived = primary?.ready === true && primary.readySince !== undefined && primary.revision.id === run.revision;
  if (observed.lost === run.revision) return cancel(pass, run, released);
  if (!arrived) {
    const deadline = deadlineOf(pass, timeOf(run.stageSince));
    if (now >= deadline) return giveUp(pass, run, released);
    return going(pass, run, released, { why: 'primary is not ready with the new revision', wakeAt: deadline });
  }
  const settledAt = primary.readySince + settings.settleMs;
  if (now < settledAt) return going(pass, run, released, { why: 'primary is ready and settles', wakeAt: settledAt });
  return lastStep(pass, run, released, run.certificate);
}

/** Primary takes over, and the promotion is done once that is known to be followed. */
function lastStep(pass: Pass, run: RunStatus, released: Revision, certificate: Certificate): Decision {
  const { weight, unconfirmed } = pass.observed;
  const why = weight === 0 ? unconfirmed : 'all traffic goes to primary';
  return why === undefined ? promoted(pass, run, certificate) : going(pass, run, released, { why, weight: 0 });
}

function going(
  pass: Pass,
  run: RunStatus,
  released: Revision,
  state: { why: string; wakeAt?: number; weight?: number },
): Decision {
  // On its way to nothing the weight is lower than the step, and nobody's hand lowered it.
  const kept = state.weight === undefined ? keptStep(pass, run) : { run, notices: [] };
  const weight = state.weight ?? kept.run.step;
  const obstacle = state.weight === undefined ? undefined : unfollowed(pass);
  return conclude(pass, {
    phase: 'Promoting',
    progress: obstacle === undefined ? 'working' : 'stuck',
    reason: obstacle?.reason ?? Reason.PromotionStarted,
    message: obstacle?.message ?? `${run.image} goes to primary (${run.certificate?.detail ?? ''})`,
    why: state.why,
    changes: { run: kept.run },
    intent: intentOf(pass, kept.run, released, weight),
    notices: [...kept.notices, ...obstacleNotices(pass, obstacle)],
    wakeAt: state.wakeAt,
  });
}

/** What keeps the last step from being read back. */
function unfollowed({ observed }: Pass): Obstacle | undefined {
  return observed.unconfirmed === undefined ? undefined : observed.obstacle;
}

/** The routes are read back at 0: from here on the revision is the release, and secondary only has to be cleared away. */
function promoted(pass: Pass, run: RunStatus, certificate: Certificate): Decision {
  const revision = revisionOfRun(run);
  const time = timestamp(pass.now);
  const ending: RunStatus = {
    ...run,
    stage: 'Ending',
    outcome: 'Promoted',
    step: 0,
    stageSince: time,
    drainSince: time,
  };
  const message = `${run.image} has all traffic`;
  return conclude(pass, {
    phase: 'Ending',
    progress: 'working',
    reason: Reason.Released,
    message: clearingMessage(run, run.image),
    changes: {
      run: ending,
      ...releaseRecord(revision, certificate),
      successfulRelease: true,
      failedRevisions: [],
      trafficShift: 0,
      testRunning: false,
      lastTrafficShift: pass.status.trafficShift === 0 ? (pass.status.lastTrafficShift ?? time) : time,
    },
    intent: both(pass, ending, revision, 0),
    notices: [{ type: 'Normal', reason: Reason.Released, message }],
    wakeAt: timeOf(time) + pass.settings.drainMs,
  });
}

/** Primary did not come up with the new revision: it gets the last good one back before any traffic moves. */
function giveUp(pass: Pass, run: RunStatus, released: Revision): Decision {
  const failure = lateFailure(pass, 'primary');
  const restoring: RunStatus = { ...run, stage: 'Restoring', stageSince: timestamp(pass.now) };
  const message = `${run.image} failed: ${failure.message}; primary goes back to ${released.image}`;
  return conclude(pass, {
    phase: 'RollingBack',
    progress: 'working',
    ...failure,
    message,
    changes: { ...recordOf(pass, run, failure), run: restoring },
    intent: both(pass, restoring, released, run.step),
    notices: [{ type: 'Warning', reason: failure.reason, message }],
  });
}

/** The routes change to a new port together with the traffic, not before. */
function intentOf(pass: Pass, run: RunStatus, released: Revision, weight: number): Intent {
  return { ...both(pass, run, revisionOfRun(run), weight), routePort: weight > 0 ? released.port : run.port };
}
