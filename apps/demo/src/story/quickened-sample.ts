import type { CanaryApp } from '@canaryop/operator';

/** What the demo changes in the README's sample so that the story takes a minute. Everything else stays. */
export const override = {
  trafficShiftUpdateInterval: 3,
  deploymentReadyWaitTime: 1,
  drainSeconds: 4,
  queryRange: '[5s]',
} as const;

/** The sample with the override. */
export function quickenedSample(sample: CanaryApp): CanaryApp {
  const { queryRange, ...times } = override;
  const prometheusQuery = (sample.spec.prometheusQuery ?? '').replace(/\[\w+\]/, queryRange);
  return {
    ...sample,
    metadata: { namespace: 'default', ...sample.metadata },
    spec: { ...sample.spec, ...times, prometheusQuery },
  };
}
