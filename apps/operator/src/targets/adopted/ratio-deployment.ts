import { present } from '@canaryop/reconcile/object';

import type { AdoptedSpec, CanaryApp } from '../../api/v1/canaryapp.ts';
import { ownStatus } from '../../rollout/revision-record.ts';
import type { Target } from '../target.ts';
import { adoptedDeployment, type Ways } from './adopted-deployment.ts';
import { recordOf } from './config/config-record.ts';
import { addedLabel } from './labelling.ts';
import type { Pair } from './pod-counts.ts';
import { primaryTemplate } from './primary-copy.ts';
import { sharedCounts } from './shared-counts.ts';
import type { TrackedRevision } from './tracked-revision.ts';
import { needsTrial } from './trial-rule.ts';
import { revisionIdOf, selectorOf, templateOf } from './workload-parts.ts';

/** Why a revision goes to primary at once. */
const sameContainers = 'direct: what containers run is the same';

/**
 * A Deployment that was there before, whose pods and primary's are found by the same labels, so that the share of the pods
 * is the share of the traffic. Only what containers run is tried.
 */
export function ratioDeployment(app: CanaryApp, spec: AdoptedSpec): Target {
  const counts = sharedCounts(app);
  const ways: Ways = {
    labelling: addedLabel,
    counts,
    facts: (seen) =>
      present({ replicas: counts.replicas?.(seen), direct: goesDirectly(app, seen) ? sameContainers : undefined }),
  };
  return adoptedDeployment(app, spec, ways);
}

/** Whether what the target has is another revision than primary's, and not for anything that a trial could show. */
function goesDirectly(
  app: CanaryApp,
  { target, primary, tracked: { revision } }: Pair & { readonly tracked: TrackedRevision },
): boolean {
  const id = revisionIdOf(primary);
  if (primary === undefined || id === undefined || id === revision.id) return false;
  const record = recordOf(primary) ?? {};
  const parts = { labelling: addedLabel, revisionId: id, record };
  const template = primaryTemplate(templateOf(target), selectorOf(target), parts);
  const before = { template: templateOf(primary), configs: ownStatus(app).trackedConfigs ?? {} };
  return !needsTrial(before, { template, configs: revision.content?.configs ?? {} });
}
