import type { RunStatus } from '../../api/v1/canaryapp.ts';
import type { Reason } from '../../api/v1/reasons.ts';
import type { Revision } from '../../api/v1/revision.ts';
import { conclude } from '../conclude.ts';
import type { Decision } from '../decision.ts';
import { both } from '../intents.ts';
import type { Pass } from '../pass.ts';
import { timestamp } from '../timestamp.ts';
import { fail } from './failing.ts';

/** A check that counts against the run. */
export interface FailedCheck {
  readonly reason: Reason;
  readonly message: string;
  /** When it was asked, in ms since the epoch. */
  readonly askedAt: number;
}

/**
 * A failed check is counted, and holds the weight for an interval more, be it the first one or a later, or for a check
 * more where each counts; the last one that is allowed fails the run.
 */
export function failedCheck(pass: Pass, run: RunStatus, released: Revision, failed: FailedCheck): Decision {
  const { reason, message, askedAt } = failed;
  const { threshold, intervalMs, checkIntervalMs, checks } = pass.settings;
  const failedChecks = (run.failedChecks ?? 0) + 1;
  if (failedChecks >= threshold) return fail(pass, { ...run, failedChecks }, released, { reason, message });
  const counted: RunStatus = { ...run, failedChecks, checkedAt: timestamp(askedAt) };
  const isEarly = run.stage === 'Starting';
  const held = isEarly ? 'gets no traffic yet' : `keeps ${run.step} %`;
  const told = `check failed (${failedChecks} of ${threshold}), ${run.image} ${held}: ${message}`;
  return conclude(pass, {
    phase: isEarly ? 'Waiting' : 'Shifting',
    progress: isEarly ? 'stuck' : 'working',
    reason,
    message: told,
    changes: { run: counted },
    intent: both(pass, counted, released, isEarly ? 0 : run.step),
    notices: [{ type: 'Warning', reason, message: told }],
    wakeAt: askedAt + (checks === 'each' ? checkIntervalMs : intervalMs),
  });
}
