import { keyOf, keyText } from '@canaryop/reconcile/object';

import type { CanaryApp } from '../../api/v1/canaryapp.ts';
import { Reason } from '../../api/v1/reasons.ts';
import type { LiveObjects } from '../../rollout/live-objects.ts';
import type { Obstacle } from '../../rollout/observed.ts';
import type { Router } from '../../traffic/router.ts';
import type { Readiness } from './readiness.ts';

/** How long nobody may have said anything of new routes, and how long a refusal may last: objects come one by one. */
const patienceMs = { refused: 5_000, unanswered: 30_000 };

/**
 * What is known of routes that somebody else has to follow. That nobody does stands in the way only once it has lasted;
 * a restart makes that later.
 * @param router undefined while another application has what this one claims: what is there stays
 */
export function following(
  { readiness, app, now }: { readonly readiness: Readiness; readonly app: CanaryApp; readonly now: number },
  router: Router | undefined,
  live: LiveObjects,
): { readonly unconfirmed?: string; readonly obstacle?: Obstacle } {
  const unconfirmed = router?.unconfirmed?.(live);
  const id = unconfirmed?.isRefused === true ? 'refused' : 'unanswered';
  const since = readiness.since(keyText(keyOf(app)), 'routes', { id, ready: unconfirmed !== undefined, now });
  if (unconfirmed === undefined || since === undefined) return {};
  const { message } = unconfirmed;
  if (now < since + patienceMs[id]) return { unconfirmed: message };
  return { unconfirmed: message, obstacle: { reason: Reason.RouteNotAccepted, message, stops: 'routes' } };
}
