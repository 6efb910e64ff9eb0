import type { FailedRevision, RunOutcome, RunStatus } from '../../api/v1/canaryapp.ts';
import { Reason } from '../../api/v1/reasons.ts';
import type { Revision } from '../../api/v1/revision.ts';
import { askedBy, howToAsk, requested } from '../command.ts';
import { conclude } from '../conclude.ts';
import { isLetBe } from '../contest.ts';
import type { Decision, Notice } from '../decision.ts';
import { both, primaryAlone } from '../intents.ts';
import type { Workload } from '../observed.ts';
import { withoutBypass, withoutRun, type Pass } from '../pass.ts';
import { changedConfigs, ownStatus, recordedRevision } from '../revision-record.ts';
import { timestamp } from '../timestamp.ts';
import { obstacleNotices } from './blocked.ts';
import { expectation } from './expectation.ts';
import { recordOf } from './failing.ts';
import { goDirectly } from './going-directly.ts';
import { installing } from './installing.ts';
import { startMessage } from './start-message.ts';

/** No run: either the release stands, or the wanted revision is refused, or a run begins. */
export function resting(pass: Pass): Decision {
  const { released, wanted, observed } = pass;
  if (released === undefined) return installing(pass, begin(pass, wanted, 'Installing'));
  const leftover = leftoverOf(pass, released);
  if (leftover !== undefined) return cleanUp(pass, released, leftover);
  if (wanted.id === released.id) return standing(restored(pass), released);
  const failed = pass.status.failedRevisions?.find((entry) => entry.revision === wanted.id);
  const retry = requested(pass, 'retry');
  if (failed !== undefined && retry === undefined && isRefused(pass, failed))
    return pass.settings.restoresTarget && observed.secondary === undefined
      ? puttingBack(pass, released, failed)
      : refused(pass, released, failed);
  if (observed.obstacle !== undefined) return standing(pass, released);
  return start(triedAgain(pass, { id: retry, isPutBack: failed?.isPutBack === true }), released);
}

/**
 * Whether a revision that failed is not tried again by itself: unless the same change was made again, or somebody has put
 * it on primary, where it stays, so that to refuse it would be to say what is not so.
 */
function isRefused({ observed, wanted }: Pass, { isPutBack }: FailedRevision): boolean {
  const isOnPrimary = observed.direct !== undefined && observed.primary?.revision.id === wanted.id;
  return isPutBack !== true && !isOnPrimary;
}

/** The release is kept as it is: because it is the wanted one, or because nothing can be started. */
function standing(pass: Pass, released: Revision): Decision {
  const { obstacle, primary } = pass.observed;
  const ready = primary?.ready === true && primary.revision.id === released.id;
  const [putBack] = (pass.status.failedRevisions ?? []).filter(({ isPutBack }) => isPutBack === true);
  const state =
    obstacle !== undefined
      ? { progress: 'stuck' as const, reason: obstacle.reason, message: obstacle.message }
      : putBack !== undefined
        ? { progress: 'stuck' as const, reason: Reason.RolledBack, message: putBackMessage(putBack, released) }
        : ready
          ? { progress: 'done' as const, reason: Reason.Released, message: `${released.image} has all traffic` }
          : {
              progress: 'working' as const,
              reason: Reason.Installing,
              message: `waiting for pods of ${released.image} on primary`,
            };
  return conclude(pass, {
    phase: obstacle !== undefined ? 'Blocked' : putBack === undefined ? 'Released' : 'Failed',
    ...state,
    changes: { successfulRelease: pass.status.successfulRelease ?? ready },
    intent: primaryAlone(released),
    notices: obstacleNotices(pass, obstacle),
  });
}

function putBackMessage({ image, reason, message }: FailedRevision, released: Revision): string {
  return `${image} failed (${reason}: ${message}); ${released.image} has all traffic, and the target is as it was. Apply another change, or the same one to try it again`;
}

/** What stands in the way of requests is said first: that a revision is refused keeps none from anybody. */
function refused(pass: Pass, released: Revision, failed: FailedRevision): Decision {
  if (pass.observed.obstacle !== undefined) return standing(pass, released);
  return conclude(pass, {
    phase: 'Failed',
    progress: 'stuck',
    reason: Reason.RevisionRefused,
    message: `${failed.image} failed (${failed.reason}: ${failed.message}); ${released.image} has all traffic. Set another image, or try it again by: ${howToAsk(pass, 'retry')}`,
    intent: primaryAlone(released),
  });
}

/**
 * A secondary that no run knows of (its record was lost) goes the same safe way as one that failed. Where the pods are the
 * traffic it had some of it, and counts as failed.
 */
function cleanUp(pass: Pass, released: Revision, { revision: leftover }: Workload): Decision {
  const isRolledBack = pass.settings.trafficBy === 'pods';
  const outcome: RunOutcome = isRolledBack ? 'Failed' : 'Cancelled';
  const run: RunStatus = {
    ...begin(pass, { ...leftover, port: leftover.port === 0 ? released.port : leftover.port }, 'Ending'),
    outcome,
    trafficSince: timestamp(pass.now),
  };
  const failure = { reason: Reason.RolledBack, message: 'it was left over of a release that nobody remembers' };
  return conclude(pass, {
    phase: 'Ending',
    progress: 'working',
    reason: Reason.CanaryCancelled,
    message: `secondary of ${leftover.image} belongs to no run; its traffic goes back to ${released.image}`,
    changes: { ...(isRolledBack ? recordOf(pass, run, failure) : {}), run },
    intent: both(pass, run, released, 0),
    notices: [
      {
        type: 'Warning',
        reason: Reason.CanaryCancelled,
        message: `removing a secondary of ${leftover.image} that belongs to no run`,
      },
    ],
  });
}

/** The pass in which the wanted revision has not failed any more, as somebody asked by a verb, or by the change itself. */
function triedAgain(pass: Pass, by: { readonly id: string | undefined; readonly isPutBack: boolean }): Pass {
  const { app, wanted, status } = pass;
  if (by.id === undefined && !by.isPutBack) return pass;
  const failedRevisions = without(status.failedRevisions, wanted.id);
  if (by.id === undefined) return { ...pass, status: { ...status, failedRevisions } };
  const message = `${wanted.image} is tried again, request ${by.id}${askedBy(app)}`;
  return {
    ...pass,
    status: { ...status, lastCommand: by.id, failedRevisions },
    told: [...pass.told, { type: 'Normal', reason: Reason.RetryRequested, message }],
  };
}

/**
 * A secondary that should not be there. Where the pods are the traffic, some of them stay until primary is whole, and get
 * whatever the user changes meanwhile, which is the beginning of a run. Only where no record is left of any was there one.
 */
function leftoverOf(pass: Pass, released: Revision): Workload | undefined {
  const { secondary } = pass.observed;
  if (secondary === undefined || isLetBe(pass)) return undefined;
  if (pass.settings.trafficBy === 'routes') return secondary;
  const isRecorded = ownStatus(pass.app).released !== undefined;
  return isRecorded || secondary.revision.id === released.id ? undefined : secondary;
}

/** The pass in which the target is known to have its former template again. */
function restored(pass: Pass): Pass {
  const { settings, status } = pass;
  const { failedRevisions = [] } = status;
  if (!settings.restoresTarget || failedRevisions.every(({ isPutBack }) => isPutBack === true)) return pass;
  const putBack = failedRevisions.map((failed) => ({ ...failed, isPutBack: true }));
  return { ...pass, status: { ...status, failedRevisions: putBack } };
}

/** A revision was rolled back, and the target gets its former template, so that the same change is a change again. */
function puttingBack(pass: Pass, released: Revision, failed: FailedRevision): Decision {
  const message = `${failed.image} failed (${failed.reason}: ${failed.message}); the target gets the template of ${released.image} back`;
  return conclude(pass, {
    phase: 'RollingBack',
    progress: 'working',
    reason: Reason.TargetRestored,
    message,
    intent: { ...primaryAlone(released), restoresTarget: true },
    notices: [{ type: 'Normal', reason: Reason.TargetRestored, message }],
  });
}

function start(pass: Pass, released: Revision): Decision {
  const { wanted, status } = pass;
  const told = [...pass.told, ...configNotices(released, wanted)];
  const rule = status.bypass?.detail ?? pass.observed.direct;
  if (rule !== undefined) return goDirectly(withoutBypass({ ...pass, told }), begin(pass, wanted, 'Promoting'), rule);
  const run = begin(pass, wanted, 'Starting');
  const message = startMessage(wanted.image, released.image);
  return conclude(
    { ...pass, told },
    {
      phase: 'Starting',
      progress: 'working',
      reason: Reason.CanaryStarted,
      message,
      changes: { run },
      intent: both(pass, run, released, 0),
      notices: [{ type: 'Normal', reason: Reason.CanaryStarted, message }, ...expectation(pass)],
      wakeAt: pass.now + pass.settings.deadlineMs,
    },
  );
}

/** Which ConfigMaps and Secrets a run is about, among other things. */
function configNotices(released: Revision, wanted: Revision): readonly Notice[] {
  const changed = changedConfigs(released, wanted);
  if (changed.length === 0) return [];
  return [{ type: 'Normal', reason: Reason.ConfigChanged, message: `changed: ${changed.join(', ')}` }];
}

function begin(pass: Pass, revision: Revision, stage: RunStatus['stage']): RunStatus {
  const { port } = revision;
  const previous = pass.released?.port;
  const time = timestamp(pass.now);
  return {
    ...recordedRevision(revision),
    stage,
    stageSince: time,
    startedAt: time,
    step: 0,
    ...(previous === undefined || previous === port ? {} : { previousPort: previous }),
  };
}

function without(failed: readonly FailedRevision[] | undefined, id: string): readonly FailedRevision[] {
  return (failed ?? []).filter((entry) => entry.revision !== id);
}

/**
 * What is decided once a run is over and its secondary gone: whatever follows from rest, in the same pass.
 * @param told what the run has left to tell, so that its last write and the next run's first are one.
 */
export function rested(pass: Pass, told: readonly Notice[]): Decision {
  return resting({ ...withoutRun(pass), told: [...pass.told, ...told] });
}

/** Ends a run without a verdict on its revision: its weight goes to 0 first, then its pods are drained and removed. */
export function cancel(pass: Pass, run: RunStatus, released: Revision): Decision {
  const ended: RunStatus = { ...run, stage: 'Ending', outcome: 'Cancelled', step: 0, stageSince: timestamp(pass.now) };
  const message = `${pass.wanted.image} is wanted now; ended the run of ${run.image}`;
  return conclude(pass, {
    phase: 'Ending',
    progress: 'working',
    reason: Reason.CanaryCancelled,
    message,
    changes: { run: ended },
    intent: both(pass, ended, released, 0),
    notices: [{ type: 'Normal', reason: Reason.CanaryCancelled, message }],
  });
}
