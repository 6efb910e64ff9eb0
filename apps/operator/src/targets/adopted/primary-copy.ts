import type { Deployment } from '@canaryop/reconcile/kinds';
import { present, type ObjectMeta } from '@canaryop/reconcile/object';

import { replicasAnnotation, revisionAnnotation } from '../../api/v1/names.ts';
import type { PodTemplate } from './canonical-template.ts';
import { copyName } from './config/config-names.ts';
import { recordAnnotation, type ConfigRecord } from './config/config-record.ts';
import { configKey, renamed } from './config/references.ts';

type Labels = Readonly<Record<string, string>>;

/** Labels and annotations that belong to whoever manages the original, and to nobody's copy. */
const uncopied =
  /^(app\.kubernetes\.io\/instance|argocd\.argoproj\.io\/.*|kubectl\.kubernetes\.io\/last-applied-configuration|deployment\.kubernetes\.io\/.*)$/;

/** The labels that tell primary's pods from those of the target: each label of its selector with a suffix. */
export function primarySelector(selector: Labels): Labels {
  return Object.fromEntries(Object.entries(selector).map(([key, value]) => [key, `${value}-primary`]));
}

/** What primary's pods run beside the template: the revision, and the configuration that they have copies of. */
export interface PrimaryConfigs {
  readonly revisionId: string;
  readonly record: ConfigRecord;
}

/**
 * The target's template as primary runs it. With copies it names the revision as well: pods read their variables when
 * they start, so a change of nothing but a copy has to replace them.
 */
export function primaryTemplate(
  template: PodTemplate,
  selector: Labels,
  { revisionId, record }: PrimaryConfigs,
): PodTemplate {
  const { labels, annotations } = template.metadata ?? {};
  const hasCopies = Object.keys(record).length > 0;
  const ownAnnotations = hasCopies ? { [revisionAnnotation]: revisionId } : {};
  const metadata = present({
    labels: { ...copied(labels), ...primarySelector(selector) },
    annotations: filled({ ...copied(annotations), ...ownAnnotations }),
  });
  const { spec } = renamed(template, (ref) => (configKey(ref) in record ? copyName(ref.name) : ref.name));
  return { metadata, ...present({ spec }) };
}

/** What is copied of labels or annotations; undefined when that is none, as no object has an empty map of them. */
export function copied(values: Labels | undefined): Labels | undefined {
  return filled(Object.fromEntries(Object.entries(values ?? {}).filter(([key]) => !uncopied.test(key))));
}

function filled(values: Labels): Labels | undefined {
  return Object.keys(values).length === 0 ? undefined : values;
}

/** What a copy is made from. */
export interface CopySource {
  /** Name, namespace and owner of the copy. */
  readonly metadata: ObjectMeta;
  readonly target: Deployment;
  /** What primary's pods run, as they run it. */
  readonly template: PodTemplate;
  readonly revisionId: string;
  /** What the template refers to of copies. */
  readonly record: ConfigRecord;
  readonly replicas: number;
}

/**
 * The Deployment that serves: a copy of the target with labels of its own. A new pod of it is ready before an old one
 * goes, whatever the target's own strategy allows, so that it never has less than it was asked for.
 */
export function primaryCopy({ metadata, target, template, revisionId, record, replicas }: CopySource): Deployment {
  const { replicas: _count, strategy: _strategy, selector, template: _template, ...rest } = target.spec ?? {};
  const own = selector?.matchLabels ?? {};
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: present({
      ...metadata,
      labels: filled({ ...copied(target.metadata.labels), ...suffixed(target.metadata.labels, own) }),
      annotations: {
        ...copied(target.metadata.annotations),
        ...recordAnnotation(record),
        [revisionAnnotation]: revisionId,
        [replicasAnnotation]: String(replicas),
      },
    }),
    spec: {
      ...rest,
      selector: { matchLabels: primarySelector(own) },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template,
    },
  };
}

/** A label that the selector uses has its suffix on the Deployment as well, so that both can be found apart. */
function suffixed(labels: Labels | undefined, selector: Labels): Labels {
  return Object.fromEntries(Object.entries(primarySelector(selector)).filter(([key]) => labels?.[key] !== undefined));
}
