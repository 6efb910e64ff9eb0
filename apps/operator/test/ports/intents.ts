import type { Revision } from '../../src/api/v1/revision.ts';
import type { Intent } from '../../src/rollout/decision.ts';
import { primaryAlone } from '../../src/rollout/intents.ts';
import type { Sight, Target } from '../../src/targets/target.ts';

/** The intents of a release, in their order, and that of a way back. */
export const intents = {
  rest: primaryAlone,
  trial: (stable: Revision, tried: Revision, weight = 10): Intent => between(stable, tried, { stable, weight }),
  promotion: (stable: Revision, tried: Revision): Intent => between(tried, tried, { stable, weight: 50 }),
  restoring: (stable: Revision, tried: Revision): Intent => between(stable, tried, { stable, weight: 50 }),
  /** What was there before gets all traffic, and no routes of ours are wanted. */
  return: (stable: Revision, target: Revision): Intent => {
    const { fallback: _none, ...intent } = between(stable, target, { stable, weight: 100 });
    return { ...intent, reach: 100, isUnrouted: true };
  },
};

function between(
  primary: Revision,
  secondary: Revision,
  { stable, weight }: { readonly stable: Revision; readonly weight: number },
): Intent {
  const servicePorts = [...new Set([primary.port, secondary.port, stable.port])];
  return { primary, secondary, weight, reach: 50, routePort: stable.port, servicePorts, fallback: stable };
}

/** What a target says is wanted. Throws what stands in its way. */
export function wantedOf(target: Target, sight: Sight): Revision {
  const { wanted } = target.observe(sight);
  if (!('id' in wanted)) throw new Error(wanted.message);
  return wanted;
}
