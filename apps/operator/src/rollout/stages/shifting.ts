import type { RunStatus } from '../../api/v1/canaryapp.ts';
import { Reason } from '../../api/v1/reasons.ts';
import type { Revision } from '../../api/v1/revision.ts';
import { checkSince, judge, planCheck, type CheckPlan } from '../checks.ts';
import { requested } from '../command.ts';
import { conclude } from '../conclude.ts';
import type { Decision, Notice } from '../decision.ts';
import { both } from '../intents.ts';
import { timeOf, type Pass } from '../pass.ts';
import { nextStep } from '../settings.ts';
import { timestamp } from '../timestamp.ts';
import { failedCheck } from './failed-check.ts';
import { aborted, deadlineOf, fail, lateFailure, podFailure, type Failure } from './failing.ts';
import { pausedMessage } from './paused-message.ts';
import { promote } from './promoting.ts';
import { cancel } from './resting.ts';
import { skipped } from './skipping.ts';

/** Secondary has traffic and is judged: a step more at each passed check, nothing at all after a failed one. */
export function shifting(pass: Pass, run: RunStatus): Decision {
  const { wanted, released, observed } = pass;
  if (released === undefined) return cancel(pass, run, wanted);
  if (wanted.id !== run.revision) return cancel(pass, run, released);
  const failure = failureOf(pass, run);
  if (failure !== undefined) return fail(pass, run, released, failure);
  if ((observed.secondary?.readyPods ?? 0) === 0) return capacityLost(pass, run, released);
  const promoteNow = requested(pass, 'promote');
  if (promoteNow !== undefined && observed.secondary?.ready === true)
    return promote(pass, run, released, { command: promoteNow });
  if (observed.weight !== run.step) return differs(pass, run, released);
  return steady(pass, run, released);
}

function failureOf(pass: Pass, run: RunStatus): Failure | undefined {
  return aborted(pass) ?? podFailure(pass) ?? breach(pass, run);
}

/** Where one failed check fails the run, a breach counts whenever it is seen. */
function breach(pass: Pass, run: RunStatus): Failure | undefined {
  if (pass.settings.threshold > 1) return undefined;
  const check = checkSince(pass, run, timeOf(run.trafficSince));
  return check?.verdict === 'breach' ? { reason: Reason.CheckFailed, message: check.detail } : undefined;
}

/**
 * The routes say something else than the recorded step. A weight below a step that was never read back is a write
 * that a crash lost: it is sent again. Anything else is somebody's hand: the smaller weight stands, and the interval
 * begins anew.
 */
function differs(pass: Pass, run: RunStatus, released: Revision): Decision {
  const { weight } = pass.observed;
  const neverReadBack = (pass.status.trafficShift ?? 0) !== run.step;
  if (weight !== undefined && weight < run.step && neverReadBack) {
    return (
      hindered(pass, run, released, weight) ?? held(pass, run, released, { why: `sending weight ${run.step} again` })
    );
  }
  const step = Math.min(weight ?? 0, run.step);
  const drifted: RunStatus = { ...run, step };
  const message = `the routes gave secondary ${weight ?? 'no'} % instead of ${run.step} %; it keeps ${step} %`;
  return conclude(pass, {
    phase: 'Shifting',
    progress: 'working',
    reason: Reason.TrafficDrift,
    message,
    changes: { run: drifted, trafficShift: step, lastTrafficShift: timestamp(pass.now), testRunning: step > 0 },
    intent: both(pass, drifted, released, step),
    notices: [{ type: 'Warning', reason: Reason.TrafficDrift, message }],
  });
}

/** The last ready pod is gone: requests to it fail, so its share returns at once and is earned again from the start. */
function capacityLost(pass: Pass, run: RunStatus, released: Revision): Decision {
  const again: RunStatus = { ...run, stage: 'Starting', step: 0, stageSince: timestamp(pass.now) };
  const message = `the secondary of ${run.image} has no ready pod; its traffic goes back until it has`;
  return conclude(pass, {
    phase: 'Starting',
    progress: 'working',
    reason: Reason.CapacityLost,
    message,
    changes: { run: again },
    intent: both(pass, again, released, 0),
    notices: [{ type: 'Warning', reason: Reason.CapacityLost, message }],
    urgent: true,
  });
}

/** Since when a check may move the weight: the interval is over, and all of secondary was there to be judged. */
function judgedFrom(pass: Pass, run: RunStatus): number {
  const { lastTrafficShift } = pass.status;
  // Where no traffic moves, the first interval begins with the stage.
  const begun = pass.settings.iterations === undefined ? lastTrafficShift : run.stageSince;
  const since = Math.max(timeOf(begun), timeOf(run.checkedAt));
  return Math.max(since + pass.settings.intervalMs, pass.observed.secondary?.readySince ?? 0);
}

/** What keeps a weight from rising: secondary is not all there, or something outside stands in the way. */
function hindered(pass: Pass, run: RunStatus, released: Revision, weight: number): Decision | undefined {
  const { obstacle, secondary } = pass.observed;
  const from = judgedFrom(pass, run);
  const plan = planCheck(pass, run, timeOf(run.trafficSince), from);
  if (secondary?.ready !== true || secondary.revision.id !== run.revision) {
    const deadline = deadlineOf(pass, Math.max(from, timeOf(run.stageSince)));
    if (pass.now >= deadline) return fail(pass, run, released, lateFailure(pass, 'secondary'));
    return held(pass, run, released, { why: 'secondary is not fully ready', weight, ...soonest(plan, deadline) });
  }
  return obstacle && held(pass, run, released, { ...obstacle, weight, ...plan });
}

/** The weight is where it should be: wait for the interval, and let the check at its end decide. */
function steady(pass: Pass, run: RunStatus, released: Revision): Decision {
  return hindered(pass, run, released, run.step) ?? judged(pass, run, released);
}

function judged(pass: Pass, run: RunStatus, released: Revision): Decision {
  if (requested(pass, 'skip') !== undefined)
    return passed(skipped(pass), run, released, { notices: [], askedAt: pass.now });
  const from = judgedFrom(pass, run);
  const plan = planCheck(pass, run, timeOf(run.trafficSince), from);
  const check = checkSince(pass, run, from);
  if (check === undefined)
    return held(pass, run, released, { why: 'waiting for the check at the end of the interval', ...plan });
  const judgement = judge(pass, check);
  if (judgement.kind === 'pass' && run.paused === true)
    return held(pass, run, released, { reason: Reason.Paused, message: pausedMessage(run), ...plan });
  if (judgement.kind === 'pass')
    return passed(pass, run, released, { notices: judgement.notices, askedAt: check.askedAt });
  if (judgement.kind === 'hold') return held(pass, run, released, { ...judgement, ...plan });
  return failedCheck(pass, run, released, { ...judgement, askedAt: check.askedAt });
}

interface PassedCheck {
  readonly notices: readonly Notice[];
  readonly askedAt: number;
}

function passed(pass: Pass, run: RunStatus, released: Revision, { notices, askedAt }: PassedCheck): Decision {
  if (pass.settings.iterations !== undefined) return iterated(pass, run, released, { notices, askedAt });
  const step = nextStep(pass.settings, run.step);
  if (step === undefined) return promote(pass, run, released, { notices });
  const advanced: RunStatus = { ...run, step };
  const message = shiftMessage(advanced);
  return conclude(pass, {
    phase: 'Shifting',
    progress: 'working',
    reason: Reason.TrafficShifted,
    message,
    changes: { run: advanced },
    intent: both(pass, advanced, released, advanced.step),
    notices: [...notices, { type: 'Normal', reason: Reason.TrafficShifted, message }],
  });
}

/** Without traffic a passed check is counted, and the last one promotes. */
function iterated(pass: Pass, run: RunStatus, released: Revision, { notices, askedAt }: PassedCheck): Decision {
  const { iterations: wanted = 1, intervalMs } = pass.settings;
  const iterations = (run.iterations ?? 0) + 1;
  if (iterations >= wanted) return promote(pass, run, released, { notices });
  const counted: RunStatus = { ...run, iterations, checkedAt: timestamp(askedAt) };
  const message = `${run.image} passed check ${iterations} of ${wanted}, without traffic`;
  return conclude(pass, {
    phase: 'Shifting',
    progress: 'working',
    reason: Reason.CheckPassed,
    message,
    changes: { run: counted },
    intent: both(pass, counted, released, run.step),
    notices: [...notices, { type: 'Normal', reason: Reason.CheckPassed, message }],
    wakeAt: askedAt + intervalMs,
  });
}

function shiftMessage(run: RunStatus): string {
  return `${run.image} gets ${run.step} % of the traffic`;
}

interface Held extends CheckPlan {
  readonly reason?: Reason;
  readonly message?: string;
  readonly why?: string;
  readonly weight?: number;
}

function held(pass: Pass, run: RunStatus, released: Revision, state: Held): Decision {
  const {
    reason = Reason.TrafficShifted,
    message = shiftMessage(run),
    why,
    weight = run.step,
    measure,
    wakeAt,
  } = state;
  const stuck = reason !== Reason.TrafficShifted && reason !== Reason.Paused;
  const told = pass.status.conditions?.some((condition) => condition.reason === reason) === true;
  return conclude(pass, {
    phase: 'Shifting',
    progress: stuck ? 'stuck' : 'working',
    reason,
    message,
    why,
    intent: both(pass, run, released, weight),
    notices: stuck && !told ? [{ type: 'Warning', reason, message }] : [],
    measure,
    wakeAt,
  });
}

function soonest(plan: CheckPlan, deadline: number): CheckPlan {
  return plan.wakeAt === undefined
    ? { ...plan, wakeAt: deadline }
    : { ...plan, wakeAt: Math.min(plan.wakeAt, deadline) };
}
