import type { RunStatus } from '../../api/v1/canaryapp.ts';
import { Reason } from '../../api/v1/reasons.ts';
import type { Revision } from '../../api/v1/revision.ts';
import { checkSince, isCheckReason, judge, planCheck, type Judgement } from '../checks.ts';
import { howToAsk, requested } from '../command.ts';
import { conclude } from '../conclude.ts';
import type { Decision, Notice } from '../decision.ts';
import { both } from '../intents.ts';
import { stepAfter, timeOf, type Pass } from '../pass.ts';
import { timestamp } from '../timestamp.ts';
import { failedCheck } from './failed-check.ts';
import { aborted, deadlineOf, fail, lateFailure, podFailure } from './failing.ts';
import { pausedMessage } from './paused-message.ts';
import { skipped } from './skipping.ts';
import { startMessage } from './start-message.ts';
import { promote } from './promoting.ts';
import { cancel } from './resting.ts';

/** Secondary is made ready and settles, and a check is asked before there is anything to judge. Weight 0. */
export function starting(pass: Pass, run: RunStatus): Decision {
  const { observed, wanted, released, now } = pass;
  if (released === undefined) return cancel(pass, run, wanted);
  if (wanted.id !== run.revision) return cancel(pass, run, released);
  const failure = aborted(pass) ?? podFailure(pass);
  if (failure !== undefined) return fail(pass, run, released, failure);
  const { settings } = pass;
  const { secondary } = observed;
  // Its first pod is its first traffic: there is nothing to make ready.
  if (settings.trafficBy === 'pods') return ready(pass, run, released, timeOf(run.stageSince));
  if (secondary?.ready !== true || secondary.readySince === undefined || secondary.revision.id !== run.revision) {
    const deadline = deadlineOf(pass, timeOf(run.stageSince), 'secondary');
    if (now >= deadline) return fail(pass, run, released, lateFailure(pass, 'secondary'));
    return waiting(pass, run, released, { why: 'secondary is not ready', wakeAt: deadline });
  }
  return ready(pass, run, released, secondary.readySince + settings.settleMs);
}

/** Secondary is ready: the user may have it go on at once, else it settles. */
function ready(pass: Pass, run: RunStatus, released: Revision, settledAt: number): Decision {
  const promoteNow = requested(pass, 'promote');
  if (promoteNow !== undefined) return promote(pass, run, released, { command: promoteNow });
  const maySkip = pass.observed.obstacle === undefined && requested(pass, 'skip') !== undefined;
  if (maySkip) return firstWeight(skipped(pass), run, released, []);
  if (pass.now < settledAt) {
    return waiting(pass, run, released, { why: 'secondary is ready and settles', wakeAt: settledAt });
  }
  return beforeFirstWeight(pass, run, released, settledAt);
}

/** A result now cannot be this revision's, which has no traffic: it would fail for the errors of another one. */
function beforeFirstWeight(pass: Pass, run: RunStatus, released: Revision, settledAt: number): Decision {
  const from = Math.max(settledAt, againAt(pass, run));
  const check = checkSince(pass, run, Math.max(from, pass.now - staleAfterMs(pass)));
  const plan = planCheck(pass, run, from);
  if (check === undefined)
    return waiting(pass, run, released, { why: 'asking before the first weight', ...lastFailure(pass, run), ...plan });
  if (check.verdict === 'breach' && pass.settings.earlyBreach === 'wait')
    return waiting(pass, run, released, { ...alreadyFailing(pass, run), ...plan });
  // Without traffic there is nothing to judge by yet, whatever that will mean later.
  const isEmpty = check.verdict === 'noData' || check.verdict === 'tooFewSamples';
  const judgement: Judgement = isEmpty ? { kind: 'pass', notices: [] } : judge(pass, check);
  if (judgement.kind !== 'pass') {
    return judgement.kind === 'fail'
      ? failedCheck(pass, run, released, { ...judgement, askedAt: check.askedAt })
      : waiting(pass, run, released, { ...judgement, ...plan });
  }
  if (run.paused === true)
    return waiting(pass, run, released, { reason: Reason.Paused, message: pausedMessage(run), ...plan });
  const { obstacle } = pass.observed;
  if (obstacle !== undefined) return waiting(pass, run, released, { ...obstacle, ...plan });
  return firstWeight(pass, run, released, judgement.notices);
}

/** An answer that an obstacle kept waiting says nothing about now. */
function staleAfterMs(pass: Pass): number {
  return pass.settings.checkIntervalMs + pass.settings.slowestAnswerMs;
}

/** After a failed check, the next one is an interval later. */
function againAt(pass: Pass, run: RunStatus): number {
  return run.checkedAt === undefined ? 0 : timeOf(run.checkedAt) + pass.settings.intervalMs;
}

/** What the status says of the last failed check stays until the next one. */
function lastFailure({ status }: Pass, run: RunStatus): { reason?: Reason; message?: string } {
  const said = status.conditions?.find(({ type, reason }) => type === 'Stalled' && isCheckReason(reason));
  return run.checkedAt === undefined || said === undefined
    ? {}
    : { reason: said.reason as Reason, message: said.message };
}

function alreadyFailing(pass: Pass, run: RunStatus): { reason: Reason; message: string } {
  const howTo = howToAsk(pass, 'promote');
  const message = `the query has a result before ${run.image} has any traffic, so it cannot judge it. The run goes on when the result is gone, or by: ${howTo}`;
  return { reason: Reason.AlreadyFailing, message };
}

function firstWeight(pass: Pass, run: RunStatus, released: Revision, notices: readonly Notice[]): Decision {
  const isBlind = pass.settings.iterations !== undefined;
  const step = isBlind ? 0 : (stepAfter(pass, 0) ?? 0);
  const time = timestamp(pass.now);
  const shifting: RunStatus = {
    ...run,
    stage: 'Shifting',
    stageSince: time,
    step,
    trafficSince: run.trafficSince ?? time,
  };
  const message = isBlind ? `${run.image} is judged without traffic` : `${run.image} gets ${step} % of the traffic`;
  return conclude(pass, {
    phase: 'Shifting',
    progress: 'working',
    reason: Reason.TrafficShifted,
    message,
    changes: { run: shifting },
    intent: both(pass, shifting, released, step),
    notices: [...notices, { type: 'Normal', reason: Reason.TrafficShifted, message }],
  });
}

interface Waiting {
  /** What holds the run up; left out while things take their normal time. */
  readonly reason?: Reason;
  readonly message?: string;
  /** For the log only: the status does not follow every turn of waiting. */
  readonly why?: string;
  readonly wakeAt?: number;
  readonly measure?: Decision['measure'];
}

function waiting(pass: Pass, run: RunStatus, released: Revision, state: Waiting): Decision {
  const {
    reason = Reason.CanaryStarted,
    message = startMessage(run.image, released.image),
    why,
    wakeAt,
    measure,
  } = state;
  const held = reason !== Reason.CanaryStarted;
  const isAsked = reason === Reason.Paused;
  const told = pass.status.conditions?.some((condition) => condition.reason === reason) === true;
  return conclude(pass, {
    phase: held ? 'Waiting' : 'Starting',
    progress: held && !isAsked && reason !== Reason.AlreadyFailing ? 'stuck' : 'working',
    reason,
    message,
    why,
    intent: both(pass, run, released, 0),
    notices: held && !isAsked && !told ? [{ type: 'Warning', reason, message }] : [],
    wakeAt,
    measure,
  });
}
