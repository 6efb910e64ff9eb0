import type { Deployment } from '@canaryop/reconcile/kinds';
import { present, type ObjectMeta } from '@canaryop/reconcile/object';

import { canaryAnnotations, canaryLabel, replicasAnnotation, revisionAnnotation } from '../../api/v1/names.ts';
import type { PodTemplate } from './canonical-template.ts';
import { copyName } from './config/config-names.ts';
import { recordAnnotation, type ConfigRecord } from './config/config-record.ts';
import { configKey, renamed } from './config/references.ts';
import type { Labelling } from './labelling.ts';

type Labels = Readonly<Record<string, string>>;

/** Labels and annotations that belong to whoever manages the original, and to nobody's copy. */
const uncopied =
  /^(app\.kubernetes\.io\/instance|argocd\.argoproj\.io\/.*|kubectl\.kubernetes\.io\/last-applied-configuration|deployment\.kubernetes\.io\/.*)$/;

/** What primary's pods run beside the template: the revision, the configuration that they have copies of, and labels. */
export interface PrimaryParts {
  readonly labelling: Labelling;
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
  { labelling, revisionId, record }: PrimaryParts,
): PodTemplate {
  const { labels, annotations } = template.metadata ?? {};
  const hasCopies = Object.keys(record).length > 0;
  const ownAnnotations = hasCopies ? { [revisionAnnotation]: revisionId } : {};
  const metadata = present({
    labels: { ...copied(labels), ...labelling.labels(selector) },
    annotations: filled({ ...copied(annotations), ...ownAnnotations }),
  });
  const { spec } = renamed(template, (ref) => (configKey(ref) in record ? copyName(ref.name) : ref.name));
  return { metadata, ...present({ spec }) };
}

/**
 * A template of primary's as the target would have it, the other way round. What is never copied stays as the target has it.
 */
export function restoredTemplate(
  template: PodTemplate,
  { selector, template: current }: { readonly selector: Labels; readonly template: PodTemplate },
  { labelling, record }: Omit<PrimaryParts, 'revisionId'>,
): PodTemplate {
  const own = new Set<string>([...labelling.added, revisionAnnotation]);
  const given = (values: Labels | undefined): Labels =>
    Object.fromEntries(Object.entries(values ?? {}).filter(([key]) => !own.has(key)));
  const kept = (values: Labels | undefined): Labels =>
    Object.fromEntries(Object.entries(values ?? {}).filter(([key]) => uncopied.test(key)));
  const metadata = present({
    labels: filled({ ...given(template.metadata?.labels), ...selector, ...kept(current.metadata?.labels) }),
    annotations: filled({ ...given(template.metadata?.annotations), ...kept(current.metadata?.annotations) }),
  });
  const originals = new Map(Object.keys(record).map((key) => [copyKey(key), key.slice(key.indexOf('/') + 1)]));
  const { spec } = renamed(template, (ref) => originals.get(configKey(ref)) ?? ref.name);
  return { metadata, ...present({ spec }) };
}

/** The key of the copy of what has this key. */
function copyKey(key: string): string {
  return copyName(key);
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
  readonly labelling: Labelling;
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
export function primaryCopy({
  metadata,
  target,
  labelling,
  template,
  revisionId,
  record,
  replicas,
}: CopySource): Deployment {
  const { replicas: _count, strategy: _strategy, selector, template: _template, ...rest } = target.spec ?? {};
  const own = labelling.labels(selector?.matchLabels ?? {});
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: present({
      ...metadata,
      labels: filled({ ...copied(withoutWish(target.metadata.labels)), ...ownLabels(target.metadata.labels, own) }),
      annotations: {
        ...copied(withoutWish(target.metadata.annotations)),
        ...recordAnnotation(record),
        [revisionAnnotation]: revisionId,
        [replicasAnnotation]: String(replicas),
      },
    }),
    spec: {
      ...rest,
      selector: { matchLabels: own },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template,
    },
  };
}

/** A label that the selector uses is on the Deployment as primary has it, so that both can be found apart. */
function ownLabels(labels: Labels | undefined, selector: Labels): Labels {
  return Object.fromEntries(Object.entries(selector).filter(([key]) => labels?.[key] !== undefined));
}

/** What a workload asks for by label and annotation it asks for itself alone. */
function withoutWish(values: Labels | undefined): Labels {
  const wish = new Set<string>([canaryLabel, ...Object.values(canaryAnnotations)]);
  return Object.fromEntries(Object.entries(values ?? {}).filter(([key]) => !wish.has(key)));
}
