import { present } from '@canaryop/reconcile/object';

import { ownStatus, revisionOfReleased, revisionOfRun } from '../../rollout/revision-record.ts';
import type { TargetFacts } from '../target.ts';
import { configRemark } from './config/config-remark.ts';
import { primaryPlan, type PrimaryPlan, type PrimarySource } from './primary-plan.ts';
import type { TrackedRevision } from './tracked-revision.ts';
import { revisionIdOf } from './workload-parts.ts';

/** What there is to say about configuration, and whether the revision on its way to primary can get there. */
export function configFacts(
  source: PrimarySource,
  { seen }: Pick<TrackedRevision, 'seen'>,
): Pick<TargetFacts, 'remarks' | 'lost'> {
  const { namespace = '' } = source.app.metadata;
  const promotion = promotionOf(source);
  const lostCopies = promotion === undefined ? lostOfRelease(source) : [];
  const remark = configRemark(namespace, seen, lostCopies);
  return present({
    remarks: remark && [remark],
    lost: promotion !== undefined && promotion.planned.template === undefined ? promotion.id : undefined,
  });
}

/** The promotion that primary has not got yet. */
function promotionOf(source: PrimarySource): { readonly id: string; readonly planned: PrimaryPlan } | undefined {
  const { run } = ownStatus(source.app);
  if (run?.stage !== 'Promoting' || revisionIdOf(source.primary) === run.revision) return undefined;
  return { id: run.revision, planned: primaryPlan(source, { primary: revisionOfRun(run) }) };
}

function lostOfRelease(source: PrimarySource): readonly string[] {
  const status = ownStatus(source.app);
  if (status.released === undefined) return [];
  return primaryPlan(source, { primary: revisionOfReleased(status.released, status) }).copies.lost;
}
