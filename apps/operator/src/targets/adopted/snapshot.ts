import { ControllerRevision, type Deployment } from '@canaryop/reconcile/kinds';

import type { CanaryApp } from '../../api/v1/canaryapp.ts';
import { primaryName, revisionAnnotation } from '../../api/v1/names.ts';
import { ownedMetadata } from '../../api/v1/owned-metadata.ts';
import type { LiveObjects } from '../../rollout/live-objects.ts';
import { childOf, type Child } from '../../rollout/write.ts';
import type { PodTemplate } from './canonical-template.ts';
import { recordAnnotation, recordOf, type ConfigRecord } from './config/config-record.ts';
import { revisionIdOf } from './workload-parts.ts';

/** What was kept of a revision that primary had: its template, as primary had it, and which copies that refers to. */
export interface KeptRevision {
  readonly template: PodTemplate;
  readonly record: ConfigRecord;
}

/** What was kept of a revision, if anything was. */
export function keptRevision(app: CanaryApp, live: LiveObjects, revisionId: string): KeptRevision | undefined {
  const snapshot = live.get(ControllerRevision, primaryName(app.metadata.name));
  if (revisionIdOf(snapshot) !== revisionId) return undefined;
  const template = (snapshot?.data as { readonly template?: PodTemplate } | undefined)?.template;
  return template && { template, record: recordOf(snapshot) ?? {} };
}

/** What has to be done about a snapshot: made before anything that it is for, removed after everything else. */
export interface SnapshotChildren {
  readonly before: readonly Child[];
  readonly after: readonly Child[];
}

/**
 * What primary may have to go back to, taken from primary itself while it still runs that, and kept for as long as
 * nothing else has it. A ControllerRevision never changes, so one of another revision is removed first.
 * @param keep the id of that revision; undefined while the target has what primary has, and no run lasts
 */
export function snapshotOf(
  app: CanaryApp,
  live: LiveObjects,
  { keep, primary }: { readonly keep: string | undefined; readonly primary: Deployment | undefined },
): SnapshotChildren {
  const name = primaryName(app.metadata.name);
  const kept = revisionIdOf(live.get(ControllerRevision, name));
  if (kept !== undefined) return { before: [], after: kept === keep ? [] : [childOf(live, ControllerRevision, name)] };
  const template = primary?.spec?.template;
  const isThere = revisionIdOf(primary) === keep;
  if (keep === undefined || !isThere || template === undefined) return { before: [], after: [] };
  const annotations = { ...recordAnnotation(recordOf(primary) ?? {}), [revisionAnnotation]: keep };
  const metadata = { ...ownedMetadata(app, name), annotations };
  const desired = { apiVersion: 'apps/v1', kind: 'ControllerRevision', metadata, revision: 1, data: { template } };
  return { before: [childOf(live, ControllerRevision, name, desired)], after: [] };
}
