import type { CanaryApp } from '../../api/v1/canaryapp.ts';
import type { Decision } from '../decision.ts';

/** Nothing is written for an object on its way out: garbage collection removes what it owns, and no weight may rise. */
export function deleting(app: CanaryApp): Decision {
  return { notices: [], why: `${app.metadata.name} is being deleted` };
}
