import { ControllerRevision, type Deployment } from '@canaryop/reconcile/kinds';

import type { CanaryApp } from '../../api/v1/canaryapp.ts';
import { primaryName, revisionAnnotation } from '../../api/v1/names.ts';
import { ownedMetadata } from '../../api/v1/owned-metadata.ts';
import type { LiveObjects } from '../../rollout/live-objects.ts';
import { childOf, type Child } from '../../rollout/write.ts';
import type { PodTemplate } from './canonical-template.ts';

/** The template of a revision that primary had, as primary had it, if it was kept. */
export function keptTemplate(app: CanaryApp, live: LiveObjects, revisionId: string): PodTemplate | undefined {
  const snapshot = live.get(ControllerRevision, primaryName(app.metadata.name));
  if (snapshot?.metadata.annotations?.[revisionAnnotation] !== revisionId) return undefined;
  return (snapshot.data as { readonly template?: PodTemplate } | undefined)?.template;
}

/**
 * What primary may have to go back to, taken from primary itself while it still runs that, and kept for as long as a run
 * lasts. A ControllerRevision never changes, so one of another revision is removed first.
 * @param keep the id of that revision; undefined while there is no run
 */
export function snapshotOf(
  app: CanaryApp,
  live: LiveObjects,
  { keep, primary }: { readonly keep: string | undefined; readonly primary: Deployment | undefined },
): readonly Child[] {
  const name = primaryName(app.metadata.name);
  const kept = live.get(ControllerRevision, name)?.metadata.annotations?.[revisionAnnotation];
  if (kept !== undefined) return kept === keep ? [] : [childOf(live, ControllerRevision, name)];
  const template = primary?.spec?.template;
  const isThere = primary?.metadata.annotations?.[revisionAnnotation] === keep;
  if (keep === undefined || !isThere || template === undefined) return [];
  const metadata = { ...ownedMetadata(app, name), annotations: { [revisionAnnotation]: keep } };
  const desired = { apiVersion: 'apps/v1', kind: 'ControllerRevision', metadata, revision: 1, data: { template } };
  return [childOf(live, ControllerRevision, name, desired)];
}
