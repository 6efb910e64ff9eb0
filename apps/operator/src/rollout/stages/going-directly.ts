import type { RunStatus } from '../../api/v1/canaryapp.ts';
import { Reason } from '../../api/v1/reasons.ts';
import { conclude } from '../conclude.ts';
import type { Decision } from '../decision.ts';
import { both } from '../intents.ts';
import type { Pass } from '../pass.ts';
import { revisionOfRun } from '../revision-record.ts';
import { timestamp } from '../timestamp.ts';

/**
 * A revision that goes to primary at once: the record says by which verb or rule, and it is a promotion from there on, with
 * nothing tried beside it. Primary rolls, and gets the last good revision back if it is not ready in time.
 */
export function goDirectly(pass: Pass, begun: RunStatus, detail: string): Decision {
  const certificate = { kind: 'override', detail, time: timestamp(pass.now) } as const;
  const run: RunStatus = { ...begun, isDirect: true, certificate };
  const message = `${run.image} goes to primary (${detail})`;
  return conclude(pass, {
    phase: 'Promoting',
    progress: 'working',
    reason: Reason.PromotionStarted,
    message,
    changes: { run },
    intent: both(pass, run, revisionOfRun(run), 0),
    notices: [{ type: 'Normal', reason: Reason.PromotionStarted, message }],
    wakeAt: pass.now + pass.settings.deadlineMs,
  });
}
