import { conclude, type Remembering } from '../conclude.ts';
import type { Decision, Notice } from '../decision.ts';
import type { Obstacle } from '../observed.ts';

/** How long until a missing kind is looked for again; everything else that blocks ends with an event. */
const lookAgainMs = 10_000;

/** Only the status says what stands in the way; no object is touched until it is gone. */
export function blocked(pass: Remembering, obstacle: Obstacle): Decision {
  const { reason, message } = obstacle;
  return conclude(pass, {
    phase: 'Blocked',
    progress: 'stuck',
    reason,
    message,
    notices: obstacleNotices(pass, obstacle),
    wakeAt: pass.now + lookAgainMs,
  });
}

/** What stands in the way is told once, when it begins to. */
export function obstacleNotices({ status }: Remembering, obstacle: Obstacle | undefined): readonly Notice[] {
  if (obstacle === undefined) return [];
  const { reason, message } = obstacle;
  const told = status.conditions?.some((condition) => condition.type === 'Stalled' && condition.reason === reason);
  return told === true ? [] : [{ type: 'Warning', reason, message }];
}
