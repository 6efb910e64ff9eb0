import type { CanaryAppStatus } from '../api/v1/canaryapp.ts';
import { Reason } from '../api/v1/reasons.ts';
import type { Decision, Notice } from './decision.ts';
import type { Remark, Workload } from './observed.ts';
import { timeOf, type Pass } from './pass.ts';
import { timestamp } from './timestamp.ts';

type Contest = NonNullable<CanaryAppStatus['replicasContest']>;
type SetBy = NonNullable<Workload['countSetBy']>;

const secondMs = 1_000;
const minuteMs = 60_000;
/** Set back so often, a count is let be. */
const limit = 3;
const maxCount = 1000;
/** After such a time a count that is set back is a new story. */
const forgottenAfterMs = 60 * minuteMs;
/** How long a count is let be before it is tried again whether anybody still holds it. */
const letBeMs = 10 * minuteMs;

/**
 * Takes note of whoever sets the count of a secondary back that nobody wants any more. After a few times it is let be
 * for a while, and a condition says so: its pods have no traffic, and two that overwrite each other help nobody. The
 * record is in status, so that an operator that starts anew does not begin the fight anew.
 */
export function weighContest(pass: Pass): Pass {
  const setBy = heldBy(pass);
  if (setBy === undefined) return pass;
  const known = recent(pass);
  const contest = isNews(pass, setBy, known) ? setBack(pass, setBy, known) : known;
  if (contest === undefined) return pass;
  const weighed = { ...pass, status: { ...pass.status, replicasContest: contest } };
  if (contest.count < limit) return weighed;
  const remark = remarkOf(contest);
  const isNewlyLetBe = contest.count === limit && known?.count !== limit;
  const told: readonly Notice[] = isNewlyLetBe ? [{ ...remark, type: 'Warning' }] : [];
  const remarks = [...(pass.observed.remarks ?? []), remark];
  return { ...weighed, observed: { ...pass.observed, remarks }, told: [...pass.told, ...told] };
}

/** Whether the count of secondary is somebody else's for now. */
export function isLetBe(pass: Pass): boolean {
  const { replicasContest: contest } = pass.status;
  if (heldBy(pass) === undefined || contest === undefined || contest.count < limit) return false;
  return pass.now < triedAgainAt(contest);
}

/** The decision, in which a count that is let be is not touched, and looked at again in time. */
export function lettingBe(pass: Pass, decision: Decision): Decision {
  const { replicasContest: contest } = pass.status;
  if (!isLetBe(pass) || contest === undefined || decision.intent?.secondary !== undefined) return decision;
  const requeueAfterMs = Math.min(decision.requeueAfterMs ?? Infinity, triedAgainAt(contest) - pass.now);
  const { intent } = decision;
  return { ...decision, requeueAfterMs, ...(intent === undefined ? {} : { intent: { ...intent, leavesCount: true } }) };
}

/** Who holds a count that should be 0 now; while a release needs the pods, whoever gives it some is welcome. */
function heldBy({ run, released, wanted, observed }: Pass): SetBy | undefined {
  const { replicas } = observed;
  // Where pods share the traffic out, a count that comes with a new number or a new revision is no fight.
  const isNewNumber = replicas?.set !== undefined && replicas.set.count !== replicas.count;
  const comesWithNews = run === undefined && wanted.id !== released?.id;
  if (replicas !== undefined && (comesWithNews || isNewNumber)) return undefined;
  const isDone = run === undefined ? released !== undefined : run.stage === 'Ending';
  return isDone ? observed.secondary?.countSetBy : undefined;
}

/**
 * Whether a count was set since we were done with it. At rest it was 0, so that any other is news. While a run ends, it
 * is what somebody set after secondary had drained, and should have gone.
 */
function isNews({ run, settings }: Pass, setBy: SetBy, known: Contest | undefined): boolean {
  if (known?.setAt === setBy.at) return false;
  if (run === undefined) return true;
  if (run.drainSince === undefined) return false;
  // The server's times are whole seconds.
  const drainedAt = Math.floor((timeOf(run.drainSince) + settings.drainMs) / secondMs) * secondMs;
  return timeOf(setBy.at) >= drainedAt;
}

function setBack({ now }: Pass, { manager, at }: SetBy, known: Contest | undefined): Contest {
  const count = Math.min((known?.count ?? 0) + 1, maxCount);
  return { count, at: timestamp(now), manager: manager.slice(0, 128), setAt: at };
}

function recent({ status, now }: Pass): Contest | undefined {
  const { replicasContest: contest } = status;
  return contest !== undefined && now < timeOf(contest.at) + forgottenAfterMs ? contest : undefined;
}

function triedAgainAt(contest: Contest): number {
  return timeOf(contest.at) + letBeMs;
}

function remarkOf({ count, manager }: Contest): Remark {
  const message = `the target's count is set back whenever it was set to 0 (${count} times; field manager ${manager}), so it is let be: its pods have no traffic. Leave spec.replicas out of what ${manager} applies, or have it ignore that field; it is tried again within ten minutes`;
  return { type: 'AbleToScale', reason: Reason.ReplicasContested, message };
}
