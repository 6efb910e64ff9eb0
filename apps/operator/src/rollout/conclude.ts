import type { CanaryAppStatus, DecisionRecord } from '../api/v1/canaryapp.ts';
import type { Reason } from '../api/v1/reasons.ts';
import { maxTextLength } from '../api/v1/status.ts';
import { withEarlierCommands } from './command.ts';
import { conditionsFor, type Progress } from './conditions.ts';
import type { Decision, Intent, Notice } from './decision.ts';
import type { Pass } from './pass.ts';
import { ownStatus } from './revision-record.ts';
import { timestamp } from './timestamp.ts';

/** Decisions that status keeps, the newest first. */
const keptDecisions = 10;

/** How long until a remark is looked at again of which nothing tells when it is over. */
const lookAgainMs = 60_000;

/** How long until it is seen that nobody follows the routes, of which nothing tells. */
const confirmMs = 5_000;

/** What a stage concludes; everything that it leaves out stays as it is. */
export interface Conclusion {
  readonly phase: string;
  readonly progress: Progress;
  readonly reason: Reason;
  readonly message: string;
  readonly changes?: Partial<CanaryAppStatus>;
  readonly intent?: Intent;
  readonly notices?: readonly Notice[];
  readonly measure?: Decision['measure'] | undefined;
  /** Wall-clock milliseconds at which time alone could change the decision. */
  readonly wakeAt?: number | undefined;
  readonly urgent?: boolean;
  /** For the log; by default the message. */
  readonly why?: string | undefined;
}

/** What a conclusion is built on. */
export type Remembering = Pick<Pass, 'now' | 'app' | 'status'> & Partial<Pick<Pass, 'told' | 'observed'>>;

/** Turns a conclusion into the decision of this pass: the whole status, and what follows from it. */
export function conclude(pass: Remembering, conclusion: Conclusion): Decision {
  const { now, app } = pass;
  const { phase, progress, reason, message, changes = {} } = conclusion;
  const notices = [...(pass.told ?? []), ...(conclusion.notices ?? [])];
  const wakeAt = soonestOf(conclusion.wakeAt, lookAgainAt(pass));
  const status: CanaryAppStatus = {
    ...pass.status,
    ...changes,
    ...(app.metadata.uid === undefined ? {} : { forUid: app.metadata.uid }),
    ...(app.metadata.generation === undefined ? {} : { observedGeneration: app.metadata.generation }),
    phase,
    conditions: conditionsFor(pass, { progress, reason, message }),
    ...(notices.length === 0 ? {} : { decisions: remember(pass, notices) }),
  };
  return {
    status: withEarlierCommands(status, ownStatus(app)),
    notices,
    ...(conclusion.intent === undefined ? {} : { intent: conclusion.intent }),
    ...(conclusion.measure === undefined ? {} : { measure: conclusion.measure }),
    ...(wakeAt === undefined ? {} : { requeueAfterMs: Math.max(wakeAt - now, 0) }),
    ...(conclusion.urgent === undefined ? {} : { urgent: conclusion.urgent }),
    why: `${reason}: ${conclusion.why ?? message}`,
  };
}

/** When to look whether a remark still holds, or how long the routes have not been followed. */
function lookAgainAt({ now, observed }: Remembering): number | undefined {
  if (observed?.unconfirmed !== undefined) return now + confirmMs;
  return observed?.remarks?.some(({ isPassing }) => isPassing === true) === true ? now + lookAgainMs : undefined;
}

function soonestOf(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
}

/** A text as status may hold it: a longer one would have the whole record refused. */
export function bounded(text: string): string {
  return text.length <= maxTextLength ? text : `${text.slice(0, maxTextLength - 1)}…`;
}

function remember(pass: Remembering, notices: readonly Notice[]): readonly DecisionRecord[] {
  const time = timestamp(pass.now);
  const added = notices.map(({ reason, message }) => ({ time, reason, message: bounded(message) }));
  return [...added.reverse(), ...(pass.status.decisions ?? [])].slice(0, keptDecisions);
}
