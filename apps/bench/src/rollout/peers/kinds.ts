import { resourceKind } from '@canaryop/reconcile/object';

/** Of Argo Rollouts. */
export const Rollout = resourceKind({
  group: 'argoproj.io',
  version: 'v1alpha1',
  kind: 'Rollout',
  plural: 'rollouts',
});

export const AnalysisTemplate = resourceKind({
  group: 'argoproj.io',
  version: 'v1alpha1',
  kind: 'AnalysisTemplate',
  plural: 'analysistemplates',
});

/** Of Flagger. */
export const Canary = resourceKind({ group: 'flagger.app', version: 'v1beta1', kind: 'Canary', plural: 'canaries' });

export const MetricTemplate = resourceKind({
  group: 'flagger.app',
  version: 'v1beta1',
  kind: 'MetricTemplate',
  plural: 'metrictemplates',
});
