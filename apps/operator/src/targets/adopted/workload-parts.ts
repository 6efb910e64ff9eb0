import type { Deployment } from '@canaryop/reconcile/kinds';
import type { KubernetesObject } from '@canaryop/reconcile/object';

import { revisionAnnotation } from '../../api/v1/names.ts';
import type { PodTemplate } from './canonical-template.ts';

/** The id of the revision that an object runs or keeps, as it was recorded with it. */
export function revisionIdOf(object: KubernetesObject | undefined): string | undefined {
  return object?.metadata.annotations?.[revisionAnnotation];
}

/** The labels by which a workload finds its pods. */
export function selectorOf({ spec }: Deployment): Readonly<Record<string, string>> {
  return spec?.selector.matchLabels ?? {};
}

/** The template of a workload's pods. */
export function templateOf({ spec }: Deployment): PodTemplate {
  return spec?.template ?? {};
}
