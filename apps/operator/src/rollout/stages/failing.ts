import { present } from '@canaryop/reconcile/object';

import type { CanaryAppStatus, FailedRevision, RunStatus } from '../../api/v1/canaryapp.ts';
import type { Role } from '../../api/v1/names.ts';
import { Reason } from '../../api/v1/reasons.ts';
import type { Revision } from '../../api/v1/revision.ts';
import { bounded, conclude } from '../conclude.ts';
import type { Decision } from '../decision.ts';
import { askedBy, requested } from '../command.ts';
import { both } from '../intents.ts';
import type { Pass } from '../pass.ts';
import { timestamp } from '../timestamp.ts';

/** Failed revisions that are remembered and refused; a promotion empties the list. */
const keptFailures = 10;

/** Why a revision failed. */
export interface Failure {
  readonly reason: Reason;
  readonly message: string;
  /** The request that it follows from. */
  readonly command?: string;
}

/** Fails the run: the verdict is recorded, and secondary's traffic goes to primary in the same pass. */
export function fail(pass: Pass, run: RunStatus, released: Revision, failure: Failure): Decision {
  const failed: RunStatus = { ...run, stage: 'Ending', outcome: 'Failed', step: 0, stageSince: timestamp(pass.now) };
  return conclude(pass, {
    phase: 'RollingBack',
    progress: 'working',
    reason: failure.reason,
    message: failure.message,
    changes: { ...recordOf(pass, run, failure), run: failed },
    intent: both(pass, failed, released, 0),
    notices: [{ type: 'Warning', reason: failure.reason, message: `${run.image} failed: ${failure.message}` }],
    urgent: true,
  });
}

/** What status says of a failed revision, so that no crash can lose the verdict and no pass tries it again. */
export function recordOf(pass: Pass, run: RunStatus, failure: Failure): Partial<CanaryAppStatus> {
  const { reason, message, command } = failure;
  const time = timestamp(pass.now);
  const { revision, image, template, trackedConfigs } = run;
  const what = present({ revision, image, template, trackedConfigs });
  const entry: FailedRevision = { ...what, reason, message: bounded(message), time };
  const others = (pass.status.failedRevisions ?? []).filter((other) => other.revision !== run.revision);
  return {
    successfulRelease: false,
    lastFailedTag: run.image,
    ...(command === undefined ? {} : { lastCommand: command }),
    failedRevisions: [entry, ...others].slice(0, keptFailures),
  };
}

/** The user's own verdict on a run. It is handled in the write that records the failure. */
export function aborted(pass: Pass): Failure | undefined {
  const id = requested(pass, 'abort');
  return id === undefined
    ? undefined
    : { reason: Reason.Aborted, message: `ended by request ${id}${askedBy(pass.app)}`, command: id };
}

/** A pod of secondary that cannot start fails the run at once. */
export function podFailure(pass: Pass): Failure | undefined {
  const failure = pass.observed.secondary?.failure;
  return failure && { reason: Reason.PodFailed, message: `${failure.reason}: ${failure.message}` };
}

/** When a workload that is waited for since `from` is late. Time in which no operator watched it does not count. */
export function deadlineOf(pass: Pass, from: number, who: Role = 'primary'): number {
  return Math.max(from, pass.observed.watchedSince ?? 0) + allowedMs(pass, who);
}

function allowedMs({ settings }: Pass, who: Role): number {
  return who === 'primary' ? settings.deadlineMs : settings.trialDeadlineMs;
}

/** A workload that is late. */
export function lateFailure(pass: Pass, what: Role): Failure {
  const seconds = allowedMs(pass, what) / 1000;
  return { reason: Reason.ProgressDeadlineExceeded, message: `${what} was not ready within ${seconds} s` };
}

/** Pods on trial that were ready, and are not any more. */
export function unsteadyFailure(pass: Pass): Failure {
  const seconds = allowedMs(pass, 'secondary') / 1000;
  const message = `secondary stopped being ready, more than ${seconds} s after it got its first traffic`;
  return { reason: Reason.ProgressDeadlineExceeded, message };
}
