import type { Deployment } from '@canaryop/reconcile/kinds';

import type { AdoptedSpec, CanaryApp } from '../../api/v1/canaryapp.ts';
import { contentId, isIdOf, type Content, type Revision } from '../../api/v1/revision.ts';
import type { LiveObjects } from '../../rollout/live-objects.ts';
import { ownStatus } from '../../rollout/revision-record.ts';
import { canonicalTemplate, type PodTemplate } from './canonical-template.ts';
import { copyChecksums } from './config/config-copies.ts';
import { recordOf, type ConfigRecord } from './config/config-record.ts';
import { identify, type KnownRevision } from './config/identify.ts';
import type { SeenConfigs } from './config/seen-configs.ts';
import { trackedConfigs } from './config/tracked-configs.ts';
import type { Labelling } from './labelling.ts';
import { primaryTemplate } from './primary-copy.ts';
import { revisionIdOf, selectorOf, templateOf } from './workload-parts.ts';

/** What the target's pods run now, and what that was told from. */
export interface TrackedRevision {
  readonly revision: Revision;
  readonly seen: SeenConfigs;
}

/** What a revision is told from. */
export interface RevisionSource {
  readonly app: CanaryApp;
  readonly spec: AdoptedSpec;
  readonly live: LiveObjects;
  readonly target: Deployment;
  readonly labelling: Labelling;
  readonly primary: Deployment | undefined;
}

/**
 * What the target's template and its configuration are. A template that primary has as well is the revision that primary
 * has, even where a newer server has filled in something new: both got it.
 */
export function trackedRevision(source: RevisionSource): TrackedRevision {
  const { spec, live, target } = source;
  const template = templateOf(target);
  const canonical = canonicalTemplate(template);
  const content: Content = () => canonical;
  const shown = { image: template.spec?.containers[0]?.image ?? target.metadata.name, port: spec.service.port };
  const seen = trackedConfigs(spec, template, live);
  const { id, configs } = identify(seen, knownRevisions(source, { content, image: shown.image }), (fresh) =>
    contentId(() => ({ template: canonical, configs: fresh })),
  );
  return { revision: { ...shown, id, content: { template: contentId(content), configs } }, seen };
}

/** What the target's pods run, and what stands for it. */
interface Wanted {
  readonly content: Content;
  readonly image: string;
}

/**
 * What is on trial, what primary has, and what has failed: whatever is wanted may be one of them. Of a hash whose format
 * is not known nothing can be told: then only what primary has can be compared, and what looks like a failed one is one.
 */
function knownRevisions(source: RevisionSource, wanted: Wanted): readonly KnownRevision[] {
  const { app, live, primary } = source;
  const { run, released, trackedConfigs: releasedConfigs = {}, failedRevisions = [] } = ownStatus(app);
  const kept = (
    revision: string,
    entry: { template?: string; trackedConfigs?: KnownRevision['configs'] },
    looksAlike = false,
  ): KnownRevision => ({
    id: revision,
    hasTemplate: entry.template !== undefined && (isIdOf(entry.template, wanted.content) ?? looksAlike),
    configs: entry.trackedConfigs ?? {},
  });
  const record = recordOf(primary) ?? {};
  const copies = copyChecksums(live, record);
  const all = [
    ...(run === undefined ? [] : [kept(run.revision, run)]),
    ...(primary === undefined ? [] : primaryRevision(source, primary, record)),
    ...(released === undefined ? [] : [kept(released.revision, { ...released, trackedConfigs: releasedConfigs })]),
    ...failedRevisions.map((failed) => kept(failed.revision, failed, failed.image === wanted.image)),
  ];
  return all.map((each) => (each.id === revisionIdOf(primary) ? { ...each, copies } : each));
}

function primaryRevision(
  { app, target, labelling }: RevisionSource,
  primary: Deployment,
  record: ConfigRecord,
): readonly KnownRevision[] {
  const { run, released, trackedConfigs: releasedConfigs } = ownStatus(app);
  const id = revisionIdOf(primary);
  if (id === undefined) return [];
  const copy = primaryTemplate(templateOf(target), selectorOf(target), { labelling, revisionId: id, record });
  const known = [
    { revision: released?.revision, configs: releasedConfigs },
    { revision: run?.revision, configs: run?.trackedConfigs },
  ];
  const configs = known.find(({ revision }) => revision === id)?.configs ?? record;
  return [{ id, hasTemplate: textOf(copy) === textOf(templateOf(primary)), configs }];
}

function textOf(template: PodTemplate): string {
  return JSON.stringify(canonicalTemplate(template));
}
