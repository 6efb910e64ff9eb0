import type { RunStatus } from '../../api/v1/canaryapp.ts';
import { Reason } from '../../api/v1/reasons.ts';
import { conclude } from '../conclude.ts';
import type { Decision } from '../decision.ts';
import { both } from '../intents.ts';
import type { Pass } from '../pass.ts';
import { timestamp } from '../timestamp.ts';
import { keptStep } from './kept-step.ts';
import { cancel } from './resting.ts';

/** A promotion failed: traffic stays as it is until primary runs the last good revision again, then weight 0. */
export function restoring(pass: Pass, run: RunStatus): Decision {
  const { released, observed } = pass;
  if (released === undefined) return cancel(pass, run, pass.wanted);
  const message = `${run.image} failed; primary goes back to ${released.image}`;
  // Somebody else has put something there in the meantime, which is released next.
  const isLost = observed.lost === released.id;
  const restored = isLost || (observed.primary?.ready === true && observed.primary.revision.id === released.id);
  const kept = keptStep(pass, run);
  const next: RunStatus = restored
    ? { ...run, stage: 'Ending', outcome: 'Failed', step: 0, stageSince: timestamp(pass.now) }
    : kept.run;
  return conclude(pass, {
    phase: 'RollingBack',
    progress: 'working',
    reason: Reason.ProgressDeadlineExceeded,
    message,
    changes: { run: next },
    intent: both(pass, next, released, next.step),
    notices: restored ? [] : kept.notices,
  });
}
