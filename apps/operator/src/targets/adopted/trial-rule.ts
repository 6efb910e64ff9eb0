import { contentId } from '../../api/v1/revision.ts';
import type { Deployment } from '@canaryop/reconcile/kinds';

import { canonicalTemplate, type PodTemplate } from './canonical-template.ts';

/** What pods run: their template, and checksums of the configuration that it refers to. */
export interface Running {
  readonly template: PodTemplate;
  readonly configs: Readonly<Record<string, string>>;
}

/**
 * Whether a change has to be tried: what containers run is another one, be it by their definition or by their
 * configuration. Anything else of a pod, such as its labels or its grace period, shows nothing to those who watch a trial.
 */
export function needsTrial(before: Running, now: Running): boolean {
  const [old, next] = [before, now].map(({ template, configs }) =>
    contentId(() => ({ containers: containersOf(template), configs })),
  );
  return old !== next;
}

type PodSpec = NonNullable<NonNullable<Deployment['spec']>['template']['spec']>;

function containersOf(template: PodTemplate): unknown {
  const { spec = {} } = canonicalTemplate(template) as {
    readonly spec?: Partial<Pick<PodSpec, 'containers' | 'initContainers'>>;
  };
  return { containers: spec.containers ?? [], initContainers: spec.initContainers ?? [] };
}
