import type { RatioSpec } from '../api/v1/canaryapp.ts';
import type { Settings } from '../rollout/settings.ts';
import { checkedSeconds } from '../rollout/pod-steps.ts';
import { adoptedSettings } from './adopted-settings.ts';

const secondMs = 1000;

/** How a release by replica ratio goes: steps in pods, a time for each, and every check of a step counts. */
export function ratioSettings(spec: RatioSpec): Settings {
  const { strategy, restoreTarget = true } = spec;
  const { startDelaySeconds = 0, maxFailures = 1, maxStepSeconds, checkIntervalSeconds } = strategy;
  const checked = checkedSeconds({ maxStepSeconds, maxFailures, checkIntervalSeconds });
  const raised = `maxStepSeconds ${maxStepSeconds} is less than maxFailures times checkIntervalSeconds, which leaves no time to fail; it is taken for ${checked}`;
  return {
    ...adoptedSettings(spec),
    trafficBy: 'pods',
    stepWeight: strategy.stepPercent,
    maxWeight: strategy.breakpointPercent,
    intervalMs: (startDelaySeconds + checked) * secondMs,
    startDelayMs: startDelaySeconds * secondMs,
    checkIntervalMs: checkIntervalSeconds * secondMs,
    checks: 'each',
    threshold: maxFailures,
    trialDeadlineMs: strategy.abortSeconds * secondMs,
    restoresTarget: restoreTarget,
    notes: checked === maxStepSeconds ? [] : [raised],
  };
}
