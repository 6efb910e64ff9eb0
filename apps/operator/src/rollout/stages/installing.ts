import type { RunStatus } from '../../api/v1/canaryapp.ts';
import { Reason } from '../../api/v1/reasons.ts';
import { conclude } from '../conclude.ts';
import type { Decision, Intent } from '../decision.ts';
import { both, primaryAlone } from '../intents.ts';
import type { Obstacle } from '../observed.ts';
import { timeOf, withoutRun, type Pass } from '../pass.ts';
import { recordedRevision, releaseRecord, revisionOfRun } from '../revision-record.ts';
import { timestamp } from '../timestamp.ts';
import { obstacleNotices } from './blocked.ts';
import { clearingMessage } from './clearing-message.ts';
import { deadlineOf } from './failing.ts';

/**
 * The first release: where nobody is served yet, the wanted image goes straight to primary. Where somebody is, by a
 * workload that was there before, that one keeps the traffic until primary can take it over.
 */
export function installing(pass: Pass, recorded: RunStatus): Decision {
  const { wanted, observed, now } = pass;
  const run = recorded.revision === wanted.id ? recorded : restart(pass);
  if (observed.secondary !== undefined) return takingOver(pass, run);
  const { primary } = observed;
  const hasArrived = primary?.ready === true && primary.revision.id === wanted.id;
  if (hasArrived && (observed.unconfirmed === undefined || observed.obstacle !== undefined))
    return installed(pass, run);
  const deadline = deadlineOf(pass, timeOf(run.stageSince));
  // Somebody may be served by what is not ours: requests find their way as they did until primary is there.
  const isUnrouted = pass.settings.returnsTraffic && observed.weight === undefined;
  return preparing(pass, run, { ...primaryAlone(wanted), isUnrouted }, now >= deadline ? undefined : deadline);
}

/**
 * Primary runs what the workload runs that serves now; once it is ready and settled all traffic goes to it. Before that
 * there are no routes: requests find their way as they did before.
 */
function takingOver(pass: Pass, recorded: RunStatus): Decision {
  const { wanted, observed, settings, now } = pass;
  const { primary } = observed;
  const hasArrived = primary?.ready === true && primary.revision.id === wanted.id;
  const settledAt = hasArrived && primary.readySince !== undefined ? primary.readySince + settings.settleMs : undefined;
  if (settledAt !== undefined && now >= settledAt) return handingOver(pass, { ...recorded, step: 0 });
  const run = { ...recorded, step: 100 };
  const deadline = deadlineOf(pass, timeOf(run.stageSince));
  const wakeAt = settledAt ?? (now >= deadline ? undefined : deadline);
  const intent = { ...both(pass, run, wanted, run.step), isUnrouted: observed.weight === undefined, isDoubled: true };
  return preparing(pass, run, intent, wakeAt);
}

function handingOver(pass: Pass, run: RunStatus): Decision {
  const { wanted, observed } = pass;
  const intent = both(pass, run, wanted, 0);
  if (observed.weight !== 0 || observed.unconfirmed !== undefined) return preparing(pass, run, intent);
  const time = timestamp(pass.now);
  const ending: RunStatus = { ...run, stage: 'Ending', outcome: 'Promoted', stageSince: time, trafficSince: time };
  const certificate = { kind: 'installed', detail: 'the first release', time } as const;
  return conclude(pass, {
    phase: 'Ending',
    progress: 'working',
    reason: Reason.Released,
    message: clearingMessage(run, wanted.image),
    changes: {
      ...releaseRecord(wanted, certificate),
      run: { ...ending, drainSince: time },
      successfulRelease: true,
    },
    intent,
    notices: [{ type: 'Normal', reason: Reason.Installed, message: `installed ${wanted.image}` }],
    wakeAt: pass.now + pass.settings.drainMs,
  });
}

/** @param wakeAt when primary is late, or has settled; undefined once it is late */
function preparing(pass: Pass, run: RunStatus, intent: Intent, wakeAt?: number): Decision {
  const { wanted, observed } = pass;
  const failure = observed.primary?.failure;
  const { unconfirmed, obstacle } = observed;
  // Whoever is served goes on being served as before, until it is known that requests find their way to primary.
  if (unconfirmed !== undefined && obstacle !== undefined) return hindered(pass, run, intent, obstacle);
  const isLate = pass.now >= deadlineOf(pass, timeOf(run.stageSince));
  return conclude(pass, {
    phase: 'Installing',
    progress: isLate ? 'stuck' : 'working',
    reason: isLate ? Reason.ProgressDeadlineExceeded : failure === undefined ? Reason.Installing : Reason.PodFailed,
    message:
      failure === undefined
        ? `waiting for the first pods of ${wanted.image}`
        : `${wanted.image} does not start: ${failure.reason}: ${failure.message}`,
    changes: { run },
    intent,
    ...(wakeAt === undefined ? {} : { wakeAt }),
  });
}

function hindered(pass: Pass, run: RunStatus, intent: Intent, obstacle: Obstacle): Decision {
  const { reason, message } = obstacle;
  return conclude(pass, {
    phase: 'Installing',
    progress: 'stuck',
    reason,
    message,
    changes: { run },
    intent,
    notices: obstacleNotices(pass, obstacle),
  });
}

function installed(pass: Pass, run: RunStatus): Decision {
  const revision = revisionOfRun(run);
  const { image } = revision;
  const { obstacle } = pass.observed;
  const certificate = { kind: 'installed', detail: 'the first release', time: timestamp(pass.now) } as const;
  const message = `${image} has all traffic`;
  return conclude(withoutRun(pass), {
    phase: obstacle === undefined ? 'Released' : 'Blocked',
    progress: obstacle === undefined ? 'done' : 'stuck',
    reason: obstacle?.reason ?? Reason.Installed,
    message: obstacle?.message ?? message,
    changes: { ...releaseRecord(revision, certificate), successfulRelease: true },
    intent: primaryAlone(revision),
    notices: [
      { type: 'Normal', reason: Reason.Installed, message: `installed ${image}` },
      ...obstacleNotices(pass, obstacle),
    ],
  });
}

function restart(pass: Pass): RunStatus {
  return { ...recordedRevision(pass.wanted), stage: 'Installing', stageSince: timestamp(pass.now), step: 0 };
}
