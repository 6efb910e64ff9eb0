import { present } from '@canaryop/reconcile/object';

import type { RunStatus } from '../api/v1/canaryapp.ts';
import type { Revision } from '../api/v1/revision.ts';
import type { Intent } from './decision.ts';
import type { Pass } from './pass.ts';
import { revisionOfRun } from './revision-record.ts';

/** Primary alone, with all traffic. */
export function primaryAlone(revision: Revision): Intent {
  return { primary: revision, weight: 0, reach: 0, routePort: revision.port, servicePorts: [revision.port] };
}

/**
 * Both workloads, as long as a run lasts. The Service lists the ports of both from the first to the last moment of
 * the run, so that no route ever names a port that is not there; the routes change to the new one at promotion. A run
 * that goes to primary at once has nothing beside it.
 */
export function both(pass: Pass, run: RunStatus, primary: Revision, weight: number): Intent {
  const isDirect = run.isDirect === true;
  const reach = isDirect ? 0 : Math.max(pass.settings.maxWeight, weight);
  const tried = revisionOfRun(run);
  const secondary = isDirect ? undefined : tried;
  const others = [tried.port, pass.released?.port ?? primary.port, run.previousPort ?? primary.port];
  const ports = new Set([primary.port, ...others]);
  const { released: fallback } = pass;
  return present({ primary, secondary, weight, reach, routePort: primary.port, servicePorts: [...ports], fallback });
}
