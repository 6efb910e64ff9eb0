import type { RunStatus } from '../../api/v1/canaryapp.ts';
import { Reason } from '../../api/v1/reasons.ts';
import type { Revision } from '../../api/v1/revision.ts';
import { conclude } from '../conclude.ts';
import type { Decision, Intent } from '../decision.ts';
import { timeOf, type Pass } from '../pass.ts';
import { recordedRevision, revisionOfRun } from '../revision-record.ts';
import { timestamp } from '../timestamp.ts';
import { released as gone } from './deleting.ts';

/**
 * The application is being deleted: the workload that it was made for gets its pods, then its traffic, and then our
 * routes go. Each only after the one before was seen; what primary runs serves until then.
 */
export function returning(pass: Pass): Decision {
  const { app, observed, status } = pass;
  // Nobody is there to give anything back to, or nothing was ever taken.
  if (!('id' in observed.wanted) || status.released === undefined) return gone(app);
  const run = runOf(pass, observed.wanted);
  const { secondary, weight } = observed;
  if (run.drainSince !== undefined) return leaving(pass, run);
  if (secondary?.ready !== true || secondary.readySince === undefined)
    return waiting(pass, run, { why: 'waiting for the pods of the target', weight: weight ?? 0 });
  const settledAt = secondary.readySince + pass.settings.settleMs;
  if (pass.now < settledAt)
    return waiting(pass, run, { why: 'the target is ready and settles', weight: weight ?? 0, wakeAt: settledAt });
  const why = weight === all ? unfollowed(pass) : 'all traffic goes to the target';
  if (why !== undefined) return waiting(pass, run, { why, weight: all });
  return leaving(pass, { ...run, drainSince: timestamp(pass.now) });
}

/** Nobody waits for ever for who does not follow: without routes, requests find their way as they did before. */
function unfollowed({ observed }: Pass): string | undefined {
  return observed.obstacle === undefined ? observed.unconfirmed : undefined;
}

const all = 100;
/** Shorter than the turns of autoscalers, so that none is contradicted twice. */
const raisingMs = 5_000;

/** Our routes are taken away, and what still follows them is given time before garbage collection removes the rest. */
function leaving(pass: Pass, run: RunStatus): Decision {
  const drainedAt = timeOf(run.drainSince) + pass.settings.drainMs;
  if (pass.now >= drainedAt) return gone(pass.app);
  return waiting(pass, run, { why: 'the routes are removed, and primary drains', weight: all, wakeAt: drainedAt });
}

function runOf({ status, now }: Pass, wanted: Revision): RunStatus {
  const known = status.run?.stage === 'Returning' ? status.run : undefined;
  return { ...(known ?? { stage: 'Returning', stageSince: timestamp(now), step: 0 }), ...recordedRevision(wanted) };
}

interface Waiting {
  readonly why: string;
  readonly weight: number;
  readonly wakeAt?: number;
}

function waiting(pass: Pass, run: RunStatus, { why, weight, wakeAt }: Waiting): Decision {
  const recorded = { ...run, step: weight };
  const message = `${pass.app.metadata.name} is being deleted; its traffic goes back to the target`;
  const isTold = pass.status.run?.stage === 'Returning';
  return conclude(pass, {
    phase: 'Returning',
    progress: 'working',
    reason: Reason.TrafficReturned,
    message,
    why,
    changes: { run: recorded },
    intent: intentOf(pass, recorded),
    notices: isTold ? [] : [{ type: 'Normal', reason: Reason.TrafficReturned, message }],
    wakeAt,
  });
}

function intentOf({ released, wanted, now }: Pass, run: RunStatus): Intent {
  const secondary = revisionOfRun(run);
  const primary = released ?? wanted;
  const isUnrouted = run.drainSince !== undefined;
  const ports = [...new Set([primary.port, secondary.port])];
  const isRaised = now <= timeOf(run.stageSince) + raisingMs;
  const routes = { routePort: primary.port, servicePorts: ports, isUnrouted };
  // Both serve until the target has all that it needs.
  const isDoubled = run.step !== all;
  return { primary, secondary, weight: run.step, reach: all, ...routes, isRaised, isDoubled };
}
