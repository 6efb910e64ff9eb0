import type { Deployment } from '@canaryop/reconcile/kinds';

import type { CanaryApp } from '../../api/v1/canaryapp.ts';
import type { Revision } from '../../api/v1/revision.ts';
import type { Intent } from '../../rollout/decision.ts';
import type { LiveObjects } from '../../rollout/live-objects.ts';
import type { PodTemplate } from './canonical-template.ts';
import { configCopies, type ConfigCopies } from './config/config-copies.ts';
import { inTermsOf, recordOf, type ConfigRecord } from './config/config-record.ts';
import type { Labelling } from './labelling.ts';
import { primaryTemplate } from './primary-copy.ts';
import { keptRevision } from './snapshot.ts';
import { revisionIdOf, selectorOf, templateOf } from './workload-parts.ts';

/** What primary's template is made from. */
export interface PrimarySource {
  readonly app: CanaryApp;
  readonly live: LiveObjects;
  readonly target: Deployment;
  readonly labelling: Labelling;
  readonly primary: Deployment | undefined;
  /** What the target runs now. */
  readonly wantedId: string;
}

/** What primary should run, and with which copies. */
export interface PrimaryPlan {
  /** Undefined: nobody knows any more what the revision was, or with which content, and what runs stays as it is. */
  readonly template?: PodTemplate;
  readonly record: ConfigRecord;
  readonly copies: ConfigCopies;
}

/** Primary as an intent wants it: from the target while that has the revision, else from what was kept of it. */
export function primaryPlan(
  source: PrimarySource,
  { primary, fallback }: Pick<Intent, 'primary' | 'fallback'>,
): PrimaryPlan {
  const { app, live, target, labelling } = source;
  const record = recordFor(source, primary);
  const copies = configCopies(
    { app, live },
    { primary: record, fallback: fallback === undefined ? record : recordFor(source, fallback) },
  );
  const isNew = revisionIdOf(source.primary) !== primary.id && fallback?.id !== primary.id;
  if (isNew && copies.lost.length > 0) return { record, copies };
  const template =
    source.wantedId === primary.id
      ? primaryTemplate(templateOf(target), selectorOf(target), { labelling, revisionId: primary.id, record })
      : keptRevision(app, live, primary.id)?.template;
  return { record, copies, ...(template === undefined ? {} : { template }) };
}

/**
 * What a revision refers to of copies: recorded with it when primary got it. Until then it is everything that is tracked;
 * what is tracked later than that is copied with the next release.
 */
function recordFor({ app, live, primary }: PrimarySource, { id, content }: Revision): ConfigRecord {
  const recorded = revisionIdOf(primary) === id ? recordOf(primary) : keptRevision(app, live, id)?.record;
  return recorded === undefined ? (content?.configs ?? {}) : inTermsOf(recorded, content?.configs);
}
