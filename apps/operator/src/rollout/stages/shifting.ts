import type { RunStatus } from '../../api/v1/canaryapp.ts';
import { Reason } from '../../api/v1/reasons.ts';
import type { Revision } from '../../api/v1/revision.ts';
import { checkSince, judge, planCheck, type CheckPlan } from '../checks.ts';
import { requested } from '../command.ts';
import { conclude } from '../conclude.ts';
import type { Decision, Notice } from '../decision.ts';
import { both } from '../intents.ts';
import { stepAfter, timeOf, type Pass } from '../pass.ts';
import { timestamp } from '../timestamp.ts';
import { failedCheck } from './failed-check.ts';
import { aborted, deadlineOf, fail, lateFailure, podFailure, unsteadyFailure, type Failure } from './failing.ts';
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
  if (isWithoutCapacity(pass)) return capacityLost(pass, run, released);
  const promoteNow = requested(pass, 'promote');
  if (promoteNow !== undefined && observed.secondary?.ready === true)
    return promote(pass, run, released, { command: promoteNow });
  if (observed.weight !== run.step) return differs(pass, run, released);
  return steady(pass, run, released);
}

/** Where the pods are the traffic, none of them is a weight of 0, and some are always on their way. */
function isWithoutCapacity({ settings, observed }: Pass): boolean {
  return settings.trafficBy === 'routes' && (observed.secondary?.readyPods ?? 0) === 0;
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
  if (step === 0 && pass.settings.trafficBy === 'pods') return podsLost(pass, run, released);
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

/**
 * Where the pods are the traffic, and none is left that has any. Pods that are gone are made again. Those that are there
 * and not ready any more are begun with again as well, but only for as long as they may take to become ready: otherwise
 * one that comes and goes would be tried for ever.
 */
function podsLost(pass: Pass, run: RunStatus, released: Revision): Decision {
  const { pods = [], readyPods = 0 } = pass.observed.secondary ?? {};
  const isUnsteady = pods.length > 0 && readyPods === 0;
  const isLate = pass.now >= deadlineOf(pass, timeOf(run.trafficSince), 'secondary');
  return isUnsteady && isLate ? fail(pass, run, released, unsteadyFailure(pass)) : capacityLost(pass, run, released);
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

/** A step counts as in time up to this share of the interval. */
const lateShare = 0.1;

/**
 * When the interval began: where no traffic moves, the first one begins with the stage. Steps go by the clock of the
 * first one: what a step came late, because its check and its writes take time, is not added to all that follow.
 */
function intervalBegan({ settings, status }: Pass, run: RunStatus): number {
  const { iterations, checks, intervalMs } = settings;
  if (iterations !== undefined) return timeOf(run.stageSince);
  const shifted = timeOf(status.lastTrafficShift);
  if (checks === 'each' || run.trafficSince === undefined) return shifted;
  const lateMs = (shifted - timeOf(run.trafficSince)) % intervalMs;
  return lateMs > 0 && lateMs <= intervalMs * lateShare ? shifted - lateMs : shifted;
}

/** Since when a check may move the weight: the interval is over, and all of secondary was there to be judged. */
function judgedFrom(pass: Pass, run: RunStatus): number {
  const { checks, intervalMs, checkIntervalMs } = pass.settings;
  const began = intervalBegan(pass, run);
  const checkedAt = timeOf(run.checkedAt);
  const over =
    checks === 'each'
      ? Math.max(began + intervalMs, checkedAt + checkIntervalMs)
      : Math.max(began, checkedAt) + intervalMs;
  return Math.max(over, pass.observed.secondary?.readySince ?? 0);
}

/** Since when checks are asked. */
function askedFrom(pass: Pass, run: RunStatus): number {
  const { checks, startDelayMs } = pass.settings;
  return checks === 'each' ? intervalBegan(pass, run) + startDelayMs : timeOf(run.trafficSince);
}

/** What keeps a weight from rising: secondary is not all there, or something outside stands in the way. */
function hindered(pass: Pass, run: RunStatus, released: Revision, weight: number): Decision | undefined {
  const { obstacle, secondary } = pass.observed;
  const from = judgedFrom(pass, run);
  const plan = planCheck(pass, run, askedFrom(pass, run), from);
  if (secondary?.ready !== true || secondary.revision.id !== run.revision) {
    const deadline = deadlineOf(pass, Math.max(isFirstOfPods(pass) ? 0 : from, timeOf(run.stageSince)), 'secondary');
    if (pass.now >= deadline) return fail(pass, run, released, lateFailure(pass, 'secondary'));
    // Where pods are the traffic, those that are missing come with the weight and not before it.
    const meanwhile = pass.settings.trafficBy === 'pods' ? run.step : weight;
    const why = 'secondary is not fully ready';
    return held(pass, run, released, { why, weight: meanwhile, ...soonest(plan, deadline) });
  }
  return obstacle && held(pass, run, released, { ...obstacle, weight, ...plan });
}

/** Whether the first pods of secondary are waited for: there was no interval yet that they could have been late in. */
function isFirstOfPods({ settings, status }: Pass): boolean {
  return settings.trafficBy === 'pods' && (status.trafficShift ?? 0) === 0;
}

/** The interval begins when the weight is known to be followed; until then only a breach counts. */
function unfollowed(pass: Pass, run: RunStatus, released: Revision): Decision | undefined {
  const { unconfirmed } = pass.observed;
  if (unconfirmed === undefined) return undefined;
  return held(pass, run, released, {
    why: unconfirmed,
    ...planCheck(pass, run, timeOf(run.trafficSince), judgedFrom(pass, run)),
  });
}

/** The weight is where it should be: wait for the interval, and let the check at its end decide. */
function steady(pass: Pass, run: RunStatus, released: Revision): Decision {
  return (
    countedFailure(pass, run, released) ??
    hindered(pass, run, released, run.step) ??
    unfollowed(pass, run, released) ??
    judged(pass, run, released)
  );
}

/** Where each check counts, one that failed does so whenever it is seen, and once. */
function countedFailure(pass: Pass, run: RunStatus, released: Revision): Decision | undefined {
  if (pass.settings.checks !== 'each') return undefined;
  const check = checkSince(pass, run, Math.max(askedFrom(pass, run), timeOf(run.checkedAt) + 1));
  const judgement = check && judge(pass, check);
  return judgement?.kind === 'fail'
    ? failedCheck(pass, run, released, { ...judgement, askedAt: check?.askedAt ?? pass.now })
    : undefined;
}

function judged(pass: Pass, run: RunStatus, released: Revision): Decision {
  if (requested(pass, 'skip') !== undefined)
    return passed(skipped(pass), run, released, { notices: [], askedAt: pass.now });
  const from = judgedFrom(pass, run);
  const plan = planCheck(pass, run, askedFrom(pass, run), from);
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
  const step = stepAfter(pass, run.step);
  if (step === undefined) return promote(pass, run, released, { notices });
  const advanced: RunStatus = { ...(pass.settings.checks === 'each' ? countingAnew(run) : run), step };
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

function countingAnew({ failedChecks: _failed, checkedAt: _checked, ...run }: RunStatus): RunStatus {
  return run;
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
