import type { AdoptedSpec, AnalysisSpec } from '../api/v1/canaryapp.ts';
import type { Settings } from '../rollout/settings.ts';

const secondMs = 1000;
/** The time limit of a metrics provider, with room; and the room alone. */
const slowestMetricMs = 10_000;
const roomMs = 5_000;

/** How what was there before is released: one check for each interval, and its traffic back on delete. */
export function adoptedSettings(spec: AdoptedSpec): Settings {
  const { analysis, strategy } = spec;
  const { intervalSeconds, threshold, onNoData, onTooFewSamples, onProviderError } = analysis;
  return {
    intervalMs: intervalSeconds * secondMs,
    checkIntervalMs: intervalSeconds * secondMs,
    settleMs: spec.deploymentReadyWaitTime * secondMs,
    deadlineMs: spec.progressDeadlineSeconds * secondMs,
    trialDeadlineMs: spec.progressDeadlineSeconds * secondMs,
    drainMs: spec.drainSeconds * secondMs,
    stepWeight: strategy.stepWeight,
    maxWeight: strategy.maxWeight,
    ...(strategy.iterations === undefined ? {} : { iterations: strategy.iterations }),
    trafficBy: 'routes',
    restoresTarget: false,
    startDelayMs: 0,
    checks: 'last',
    notes: [],
    returnsTraffic: true,
    threshold,
    earlyBreach: 'count',
    slowestAnswerMs: slowestAnswerMs(analysis),
    unjudged: { noData: onNoData, tooFewSamples: onTooFewSamples, error: onProviderError },
  };
}

function slowestAnswerMs({ webhooks }: AnalysisSpec): number {
  const hooks = webhooks.map(({ timeoutSeconds }) => timeoutSeconds * secondMs + roomMs);
  return Math.max(slowestMetricMs, ...hooks);
}
