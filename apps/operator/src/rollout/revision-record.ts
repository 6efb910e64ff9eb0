import { present } from '@canaryop/reconcile/object';

import type { CanaryApp, CanaryAppStatus, ReleasedRevision, RunStatus } from '../api/v1/canaryapp.ts';
import type { Revision, RevisionContent } from '../api/v1/revision.ts';

/** What the status remembers of this very object: one that was written for another of the same name says nothing. */
export function ownStatus({ status, metadata }: CanaryApp): Partial<CanaryAppStatus> {
  return status !== undefined && status.forUid === metadata.uid ? status : {};
}

/** A revision as the record of a run, or of a failure, has it. */
export type RecordedRevision = Pick<RunStatus, 'revision' | 'image' | 'port' | 'template' | 'trackedConfigs'>;

/** What status remembers of a revision; of one that failed there is no port. */
export type RememberedRevision = Pick<RunStatus, 'revision' | 'image' | 'template' | 'trackedConfigs'> &
  Partial<Pick<RunStatus, 'port'>>;

/** Every revision that may be wanted again: on trial, released, failed. */
export function recordedRevisions(app: CanaryApp): readonly RememberedRevision[] {
  const { run, released, trackedConfigs, failedRevisions = [] } = ownStatus(app);
  return [
    ...(run === undefined ? [] : [run]),
    ...(released === undefined ? [] : [present({ ...released, trackedConfigs })]),
    ...failedRevisions,
  ];
}

/** What is recorded of a revision. */
export function recordedRevision({ id, image, port, content }: Revision): RecordedRevision {
  return { revision: id, image, port, ...contentRecord(content) };
}

/** The run's revision, as `intent` wants it. */
export function revisionOfRun(run: RecordedRevision): Revision {
  return present({ id: run.revision, image: run.image, port: run.port, content: contentOf(run.template, run) });
}

/** The revision that primary was last released to. */
export function revisionOfReleased(
  released: ReleasedRevision,
  status: Pick<CanaryAppStatus, 'trackedConfigs'>,
): Revision {
  const { revision: id, image, port, template } = released;
  return present({ id, image, port, content: contentOf(template, status) });
}

/** What the status says of a revision that was released. */
export function releaseRecord(
  { id, image, port, content }: Revision,
  certificate: ReleasedRevision['certificate'],
): Partial<CanaryAppStatus> {
  const { template, trackedConfigs = {} } = contentRecord(content);
  const released = present({ revision: id, image, port, certificate, template });
  return { released, releasedImage: image, ...(content === undefined ? {} : { trackedConfigs }) };
}

/** Takes over what is tracked now: checksums change without another revision when tracking itself changes. */
export function withTracked(status: CanaryAppStatus, { id, content }: Revision): CanaryAppStatus {
  if (content === undefined) return status;
  const { run, released } = status;
  return {
    ...status,
    ...(released?.revision === id ? { trackedConfigs: content.configs } : {}),
    ...(run?.revision === id ? { run: { ...run, ...contentRecord(content) } } : {}),
  };
}

/** Which ConfigMaps and Secrets make the difference between two revisions, by key, sorted. */
export function changedConfigs(before: Revision, after: Revision): readonly string[] {
  const [old, now] = [before.content?.configs ?? {}, after.content?.configs ?? {}];
  return [...new Set([...Object.keys(old), ...Object.keys(now)])].filter((key) => old[key] !== now[key]).toSorted();
}

function contentRecord(content: RevisionContent | undefined): Pick<RunStatus, 'template' | 'trackedConfigs'> {
  return content === undefined ? {} : { template: content.template, trackedConfigs: content.configs };
}

function contentOf(
  template: string | undefined,
  { trackedConfigs = {} }: Pick<RunStatus, 'trackedConfigs'>,
): RevisionContent | undefined {
  return template === undefined ? undefined : { template, configs: trackedConfigs };
}
