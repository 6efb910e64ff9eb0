import type { Deployment, Pod } from '@canaryop/reconcile/kinds';
import type { ObjectMeta } from '@canaryop/reconcile/object';

import { canaryForLabel, canaryLabel, revisionAnnotation, templateAnnotation } from '../../api/v1/names.ts';
import { contentId, type Revision } from '../../api/v1/revision.ts';
import { canonicalTemplate, type PodTemplate } from '../adopted/canonical-template.ts';
import { copied } from '../adopted/primary-copy.ts';

/** Labels by which a ReplicaSet or a ReplicationController finds its pods: with them this one would be taken for theirs. */
const controllersLabels = ['pod-template-hash', 'deployment', 'deploymentconfig'];

/** The containers of a template in which one has another image. */
export function containersWith(
  template: PodTemplate,
  container: string,
  image: string,
): NonNullable<PodTemplate['spec']>['containers'] {
  return (template.spec?.containers ?? []).map((each) => (each.name === container ? { ...each, image } : each));
}

/** What a pod is made from. */
export interface PodSource {
  /** Name, namespace and owner of the pod. */
  readonly metadata: ObjectMeta;
  readonly workload: Deployment;
  readonly container: string;
  readonly revision: Revision;
}

/**
 * One pod of a workload with another image. It keeps the labels that Services find it by, and none of those by which a
 * controller would: the Deployment's own pods have pod-template-hash, which this one lacks.
 */
export function clonedPod({ metadata, workload, container, revision }: PodSource): Pod {
  const template = workload.spec?.template ?? {};
  const { labels, annotations } = template.metadata ?? {};
  const spec = { ...template.spec, containers: containersWith(template, container, revision.image) };
  const kept = Object.entries(labels ?? {}).filter(([key]) => !controllersLabels.includes(key));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...metadata,
      labels: { ...Object.fromEntries(kept), [canaryLabel]: 'true', [canaryForLabel]: workload.metadata.name },
      annotations: {
        ...copied(annotations),
        [revisionAnnotation]: revision.id,
        [templateAnnotation]: contentId(() => canonicalTemplate({ ...template, spec })),
      },
    },
    spec,
  };
}

/** Whether a pod is that clone: of this revision, this template, and found by who has to find it. */
export function isClone(pod: Pod, clone: Pod): boolean {
  const hasAll = (kind: 'labels' | 'annotations', keys: readonly string[]): boolean =>
    keys.every((key) => pod.metadata[kind]?.[key] === clone.metadata[kind]?.[key]);
  return (
    hasAll('labels', Object.keys(clone.metadata.labels ?? {})) &&
    hasAll('annotations', [revisionAnnotation, templateAnnotation])
  );
}
