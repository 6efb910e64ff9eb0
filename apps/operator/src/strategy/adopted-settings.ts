import type { AdoptedSpec } from '../api/v1/canaryapp.ts';
import type { Settings } from '../rollout/settings.ts';

const secondMs = 1000;
/** Of `spec.analysis`, where that is not given. */
const defaultIntervalSeconds = 60;
const defaultThreshold = 5;

/** How a workload that was there before is released: one check for each interval, and its traffic back on delete. */
export function adoptedSettings(spec: AdoptedSpec): Settings {
  const { analysis, strategy } = spec;
  const intervalMs = (analysis?.intervalSeconds ?? defaultIntervalSeconds) * secondMs;
  return {
    intervalMs,
    checkIntervalMs: intervalMs,
    settleMs: spec.deploymentReadyWaitTime * secondMs,
    deadlineMs: spec.progressDeadlineSeconds * secondMs,
    drainMs: spec.drainSeconds * secondMs,
    stepWeight: strategy.stepWeight,
    maxWeight: strategy.maxWeight,
    returnsTraffic: true,
    threshold: analysis?.threshold ?? defaultThreshold,
    unjudged: {
      noData: analysis?.onNoData ?? 'fail',
      tooFewSamples: analysis?.onTooFewSamples ?? 'hold',
      error: analysis?.onProviderError ?? 'fail',
    },
  };
}
