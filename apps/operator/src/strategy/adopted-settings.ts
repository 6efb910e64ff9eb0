import type { AdoptedSpec } from '../api/v1/canaryapp.ts';
import type { Settings } from '../rollout/settings.ts';
import { analysisSettings } from './analysis-settings.ts';

const secondMs = 1000;

/** How what was there before is released: one check for each interval, and its traffic back on delete. */
export function adoptedSettings(spec: AdoptedSpec): Settings {
  return {
    ...analysisSettings(spec.analysis),
    settleMs: spec.deploymentReadyWaitTime * secondMs,
    deadlineMs: spec.progressDeadlineSeconds * secondMs,
    drainMs: spec.drainSeconds * secondMs,
    stepWeight: spec.strategy.stepWeight,
    maxWeight: spec.strategy.maxWeight,
    returnsTraffic: true,
  };
}
