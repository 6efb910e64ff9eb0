import type { RunOutcome, RunStatus } from '../../api/v1/canaryapp.ts';
import { Reason } from '../../api/v1/reasons.ts';
import type { Revision } from '../../api/v1/revision.ts';
import { conclude } from '../conclude.ts';
import { isLetBe } from '../contest.ts';
import type { Decision, Notice } from '../decision.ts';
import { both, primaryAlone } from '../intents.ts';
import type { Obstacle } from '../observed.ts';
import { timeOf, type Pass } from '../pass.ts';
import { revisionOfRun } from '../revision-record.ts';
import { timestamp } from '../timestamp.ts';
import { obstacleNotices } from './blocked.ts';
import { clearingMessage } from './clearing-message.ts';
import { cancel, rested } from './resting.ts';

const reasons: Readonly<Record<RunOutcome, Reason>> = {
  Promoted: Reason.Released,
  Failed: Reason.RolledBack,
  Cancelled: Reason.CanaryCancelled,
};

/** Clears secondary away, and says that the run is over. */
export function ending(pass: Pass, run: RunStatus): Decision {
  const { released } = pass;
  if (released === undefined) return cancel(pass, run, pass.wanted);
  const decision = clear(pass, run, released);
  const { outcome = 'Cancelled', stageSince: at } = run;
  // The first release replaced nothing that could have stayed: nobody waits to hear how it ended.
  const isFirst = outcome === 'Promoted' && pass.status.released?.certificate.kind === 'installed';
  return isFirst ? decision : { ...decision, ended: { revision: revisionOfRun(run), outcome, at } };
}

/** Weight 0 read back, drained, removed, gone; each only after the one before was seen. */
function clear(pass: Pass, run: RunStatus, released: Revision): Decision {
  const { observed, now } = pass;
  if (observed.weight !== 0)
    return clearing(pass, undrained(pass, run), { why: 'waiting for weight 0 to be read back' });
  if (observed.secondary === undefined || isLetBe(pass)) return rested(pass, farewell(run, released.image));
  const { unconfirmed, obstacle } = observed;
  if (unconfirmed !== undefined) return clearing(pass, run, { why: unconfirmed, obstacle });
  const drained = run.drainSince ?? (run.trafficSince === undefined ? undefined : timestamp(now));
  const current = drained === undefined ? run : { ...run, drainSince: drained };
  const drainedAt = drained === undefined ? now : timeOf(drained) + pass.settings.drainMs;
  if (now < drainedAt) return clearing(pass, current, { why: 'the secondary drains', wakeAt: drainedAt });
  return clearing(pass, current, { why: 'removing the secondary', remove: true });
}

/** It has traffic, be it by somebody's hand: it has to be drained, and what was drained is not drained any more. */
function undrained(pass: Pass, run: RunStatus): RunStatus {
  const { drainSince: _drained, ...rest } = run;
  return { ...rest, trafficSince: run.trafficSince ?? timestamp(pass.now) };
}

interface Clearing {
  readonly why: string;
  readonly wakeAt?: number;
  readonly remove?: boolean;
  /** What keeps the weight from being read back. */
  readonly obstacle?: Obstacle | undefined;
}

function clearing(pass: Pass, run: RunStatus, state: Clearing): Decision {
  const released = pass.released ?? pass.wanted;
  const outcome = run.outcome ?? 'Cancelled';
  const intent = both(pass, run, released, 0);
  const { secondary: _secondary, ...withoutSecondary } = intent;
  return conclude(pass, {
    phase: outcome === 'Failed' ? 'RollingBack' : 'Ending',
    progress: state.obstacle === undefined ? 'working' : 'stuck',
    reason: state.obstacle?.reason ?? reasons[outcome],
    message: state.obstacle?.message ?? clearingMessage(run, released.image),
    notices: obstacleNotices(pass, state.obstacle),
    why: state.why,
    changes: { run },
    intent: state.remove === true ? { ...primaryAlone(released), ...withoutSecondary } : intent,
    wakeAt: state.wakeAt,
  });
}

function farewell(run: RunStatus, releasedImage: string): readonly Notice[] {
  if (run.outcome !== 'Failed') return [];
  return [
    {
      type: 'Warning',
      reason: Reason.RolledBack,
      message: `rolled back ${run.image}; ${releasedImage} has all traffic`,
    },
  ];
}
